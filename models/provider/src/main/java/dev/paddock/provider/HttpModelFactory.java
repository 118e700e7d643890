package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.provider.spi.ModelListing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The models of one provider's HTTP interface. Its dialect is loaded with the first of them. */
final class HttpModelFactory implements ModelFactory {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@+/-]{0,199}");
  private static final Duration LIST_TIMEOUT = Duration.ofSeconds(15);
  private static final int MAX_LIST_BYTES = 8 << 20;
  private static final int MAX_PAGES = 20;

  private final String provider;
  private final Optional<Endpoint> endpoint;
  private final String howToConfigure;
  private final HttpLimits limits;
  private final Map<String, ModelListing> known = new ConcurrentHashMap<>();

  HttpModelFactory(
      String provider, Optional<Endpoint> endpoint, String howToConfigure, HttpLimits limits) {
    this.provider = provider;
    this.endpoint = endpoint;
    this.howToConfigure = howToConfigure;
    this.limits = limits;
  }

  @Override
  public String provider() {
    return provider;
  }

  @Override
  public boolean configured() {
    return endpoint.isPresent();
  }

  @Override
  public String howToConfigure() {
    return howToConfigure;
  }

  private Endpoint endpoint() {
    return endpoint.orElseThrow(
        () ->
            new ModelException(
                ErrorCode.NOT_FOUND,
                "%s is not configured; %s".formatted(provider, howToConfigure)));
  }

  private static Dialect dialect(Endpoint endpoint) {
    return switch (endpoint.provider()) {
      case "anthropic" -> new AnthropicDialect(endpoint);
      case "gemini" -> new GeminiDialect(endpoint);
      default -> new OpenAiDialect(endpoint);
    };
  }

  @Override
  public Model open(String id) {
    Endpoint where = endpoint();
    if (!ID.matcher(id).matches() || id.contains("..") || id.contains("//")) {
      throw new ModelException(
          ErrorCode.NOT_FOUND,
          "no model of %s can be called \"%s\""
              .formatted(provider, id.length() > 100 ? id.substring(0, 100) + "…" : id));
    }
    Dialect dialect = dialect(where);
    ModelListing listed = known.getOrDefault(id, ModelListing.of(id));
    ModelDescription description =
        new ModelDescription(
            provider + "/" + id,
            listed.contextTokens().orElse(dialect.usualContextTokens()),
            listed.maxOutputTokens().orElse(dialect.usualMaxOutputTokens()),
            dialect.capabilities());
    return new HttpModel(where, dialect, id, description, limits);
  }

  @Override
  public List<ModelListing> list() {
    Endpoint where = endpoint();
    Dialect dialect = dialect(where);
    List<ModelListing> all = new ArrayList<>();
    Optional<String> page = Optional.empty();
    for (int i = 0; i < MAX_PAGES; i++) {
      JsonNode answer = fetch(where, dialect, page);
      all.addAll(dialect.listings(answer));
      page = dialect.nextPage(answer);
      if (page.isEmpty()) {
        break;
      }
    }
    all.forEach(listing -> known.put(listing.id(), listing));
    return all;
  }

  private static JsonNode fetch(Endpoint where, Dialect dialect, Optional<String> page) {
    try {
      return HttpCall.answer(
          where,
          "models",
          Http.request(dialect.listAddress(page), dialect.headers()).GET().build(),
          LIST_TIMEOUT,
          MAX_LIST_BYTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelException(
          ErrorCode.CANCELLED, where.provider() + ": listing its models was interrupted", e);
    }
  }
}
