package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What models cost: the operator's prices, then the shipped list, which has a date. */
public final class Prices {
  private static final Set<String> KEYS = Set.of("input", "output", "cache_read", "cache_write");
  private static final Set<String> OWN_MACHINE = Set.of("local", "ollama");

  /** The date that vendors append to the name of a model's snapshot. */
  private static final Pattern SNAPSHOT = Pattern.compile("-(\\d{8}|\\d{4}-\\d{2}-\\d{2})$");

  private final LocalDate asOf;
  private final Map<String, Price> prices = new HashMap<>();

  /**
   * @param overrides {@code [prices."REF"]} of the configuration: reference to {@code input},
   *     {@code output}, {@code cache_read}, {@code cache_write} in USD per million tokens
   * @throws ModelException {@code INVALID_REQUEST} that names the reference and the key
   */
  public Prices(Map<String, Map<String, BigDecimal>> overrides) {
    JsonNode shipped = shipped();
    asOf = LocalDate.parse(shipped.path("as_of").asText());
    shipped
        .path("usd_per_million_tokens")
        .properties()
        .forEach(
            entry -> {
              Map<String, BigDecimal> values = new HashMap<>();
              entry
                  .getValue()
                  .properties()
                  .forEach(value -> values.put(value.getKey(), value.getValue().decimalValue()));
              prices.put(entry.getKey(), price(entry.getKey(), values));
            });
    overrides.forEach(
        (ref, values) -> prices.put(ModelRef.parse(ref).toString(), price(ref, values)));
  }

  private static JsonNode shipped() {
    try (InputStream in = Prices.class.getResourceAsStream("prices.json")) {
      if (in == null) {
        throw new ModelException(ErrorCode.CORRUPT, "the shipped price list is missing");
      }
      return Json.read(in.readAllBytes(), JsonNode.class);
    } catch (IOException e) {
      throw new ModelException(ErrorCode.CORRUPT, "the shipped price list cannot be read", e);
    }
  }

  private static Price price(String ref, Map<String, BigDecimal> values) {
    values.forEach(
        (key, value) -> {
          if (!KEYS.contains(key)) {
            throw wrong(ref, "unknown key \"%s\"; known are %s".formatted(key, KEYS));
          }
          if (value.signum() < 0) {
            throw wrong(ref, "%s is negative".formatted(key));
          }
        });
    BigDecimal input = values.get("input");
    BigDecimal output = values.get("output");
    if (input == null || output == null) {
      throw wrong(ref, "needs input and output, in USD per million tokens");
    }
    return new Price(
        input,
        output,
        Optional.ofNullable(values.get("cache_read")),
        Optional.ofNullable(values.get("cache_write")));
  }

  private static ModelException wrong(String ref, String what) {
    return new ModelException(
        ErrorCode.INVALID_REQUEST, "[prices.\"%s\"]: %s".formatted(ref, what));
  }

  /** The day the shipped list was taken. */
  public LocalDate asOf() {
    return asOf;
  }

  /** The price of a model; a snapshot without its own has that of its model. */
  public Optional<Price> find(ModelRef ref) {
    Price exact = prices.get(ref.toString());
    if (exact != null) {
      return Optional.of(exact);
    }
    if (OWN_MACHINE.contains(ref.provider())) {
      return Optional.of(Price.FREE);
    }
    return Optional.ofNullable(prices.get(SNAPSHOT.matcher(ref.toString()).replaceFirst("")));
  }

  /** The cost in USD; empty for a model without a price. */
  public Optional<BigDecimal> cost(ModelRef ref, Usage usage) {
    return find(ref).map(price -> price.of(usage));
  }
}
