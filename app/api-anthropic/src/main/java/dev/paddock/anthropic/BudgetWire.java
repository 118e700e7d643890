package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.Models;
import dev.paddock.provider.Prices;
import dev.paddock.server.spi.ServerException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;

/** {@code budget}: a ceiling on the list cost, in cents. */
final class BudgetWire {
  private static final String KEY = "budget";

  private BudgetWire() {}

  static Optional<ObjectNode> read(Fields fields) {
    return fields.object(KEY, "type", "max_list_cost").map(BudgetWire::limit);
  }

  private static ObjectNode limit(Fields budget) {
    budget.requiredWord("type", "limit");
    Fields cost = budget.requiredObject("max_list_cost", "amount", "currency");
    cost.requiredWord("currency", "USD");
    String amount = cost.requiredText("amount", 12);
    if (!amount.matches("[1-9][0-9]*")) {
      throw cost.invalid(
          "amount", "must be a positive number of cents as text, such as \"2500\" for 25 dollars");
    }
    ObjectNode wire = Json.object().put("type", "limit");
    wire.putObject("max_list_cost").put("amount", amount).put("currency", "USD");
    return wire;
  }

  static BigDecimal usd(JsonNode limit) {
    return new BigDecimal(limit.path("max_list_cost").path("amount").asText()).movePointLeft(2);
  }

  /** Refuses a budget where some model has no price: it could not be held. */
  static void requirePrices(List<? extends JsonNode> agents, Models models, Prices prices) {
    for (JsonNode agent : agents) {
      JsonNode model = agent.path("model");
      if (prices.find(ModelWire.reference(model, models)).isEmpty()) {
        throw ServerException.invalid(
                KEY,
                "the model \"%s\" has no price; set one in config.toml under [prices.\"%s\"]"
                    .formatted(model.path("id").asText(), ModelWire.reference(model, models)))
            .withDetailCode("model_not_budgetable");
      }
    }
  }

  /** An amount in whole cents. */
  static ObjectNode amount(double usd) {
    BigDecimal cents = BigDecimal.valueOf(usd).movePointRight(2).setScale(0, RoundingMode.HALF_UP);
    return Json.object().put("amount", cents.toPlainString()).put("currency", "USD");
  }
}
