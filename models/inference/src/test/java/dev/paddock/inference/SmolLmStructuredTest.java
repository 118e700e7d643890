package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.provider.spi.Sampling;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The embedded model answers by a schema. */
final class SmolLmStructuredTest {
  private static final String SCHEMA =
      """
      {"type": "object", "properties": {
        "seller": {"type": "string", "x-paddock-source": true, "maxLength": 40},
        "kind": {"enum": ["invoice", "letter", "recipe"]},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "total": {"type": "number", "minimum": 0}},
       "required": ["seller", "kind", "currency", "total"]}""";
  private static final String DOCUMENT =
      "Who sold this, and what is the total?\nInvoice 2024-117\nNordlicht Papier GmbH\nPens 12.00 EUR\nTotal due: 12.00 EUR";

  @Test
  void answersInTheFormOfTheSchema() throws Exception {
    ModelRequest request =
        ModelRequest.of(List.of(Message.User.of(DOCUMENT)))
            .withOutput((ObjectNode) Json.tree(SCHEMA))
            .withSampling(Sampling.GREEDY.withMaxTokens(120));
    StringBuilder text = new StringBuilder();
    ModelEvent last = null;
    try (LocalModel model =
            LocalModel.open(
                TestingModel.file(),
                "local/smollm2",
                EngineOptions.DEFAULT,
                Optional.of(SchemaCompiler::new));
        ModelStream stream = model.stream(request)) {
      for (Optional<ModelEvent> e = stream.next(); e.isPresent(); e = stream.next()) {
        last = e.get();
        if (last instanceof ModelEvent.TextDelta delta) {
          text.append(delta.text());
        }
      }
    }
    assertThat(last).isInstanceOf(ModelEvent.End.class);
    assertThat(((ModelEvent.End) last).reason()).isEqualTo(ModelEvent.EndReason.END_TURN);
    JsonNode value = Json.tree(text.toString());
    assertThat(new TestingOracle(SCHEMA).valid(text.toString())).as("%s", text).isTrue();
    assertThat(DOCUMENT).contains(value.get("seller").asText());
  }
}
