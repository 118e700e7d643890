package dev.paddock.provider;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.spi.ModelFactory;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The providers that an environment configures. Nothing is dialled before a model is used. */
public final class Providers {
  private static final String SILENCE = "PADDOCK_MODEL_SILENCE";

  private Providers() {}

  /**
   * OpenAI, Anthropic, Gemini and Ollama, configured or not, in the order in which a bare model id
   * is looked up.
   *
   * @throws ModelException {@code INVALID_REQUEST} for an address or a key that cannot be one
   */
  public static List<ModelFactory> from(Map<String, String> environment) {
    return from(environment, limits(environment));
  }

  private static HttpLimits limits(Map<String, String> environment) {
    HttpLimits usual = HttpLimits.DEFAULT;
    return set(environment, SILENCE)
        .map(text -> new HttpLimits(seconds(text), usual.total(), usual.maxEventBytes(), usual.maxStreamBytes()))
        .orElse(usual);
  }

  private static Duration seconds(String text) {
    if (!text.matches("[1-9][0-9]{0,3}")) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST, SILENCE + " must be 1 to 9999 seconds, not \"" + text + "\"");
    }
    return Duration.ofSeconds(Long.parseLong(text));
  }

  static List<ModelFactory> from(Map<String, String> environment, HttpLimits limits) {
    return List.of(
        hosted(environment, "anthropic", "ANTHROPIC", "https://api.anthropic.com", limits),
        hosted(
            environment, "gemini", "GEMINI", "https://generativelanguage.googleapis.com", limits),
        hosted(environment, "openai", "OPENAI", "https://api.openai.com/v1", limits),
        new HttpModelFactory(
            "ollama",
            set(environment, "OLLAMA_HOST")
                .map(host -> new Endpoint("ollama", ollama(host), Optional.empty())),
            "set OLLAMA_HOST, such as 127.0.0.1:11434",
            limits));
  }

  private static ModelFactory hosted(
      Map<String, String> environment,
      String provider,
      String prefix,
      String usual,
      HttpLimits limits) {
    String addressVariable = prefix + "_BASE_URL";
    String keyVariable = prefix + "_API_KEY";
    Optional<String> address = set(environment, addressVariable);
    Optional<Secret> key = set(environment, keyVariable).map(k -> Secret.of(k, keyVariable));
    Optional<Endpoint> endpoint =
        address.isEmpty() && key.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Endpoint(
                    provider, Endpoint.baseUrl(address.orElse(usual), addressVariable), key));
    return new HttpModelFactory(
        provider,
        endpoint,
        "set %s, or %s for a server that speaks like it".formatted(keyVariable, addressVariable),
        limits);
  }

  private static Optional<String> set(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /** As Ollama reads it: any of scheme, host and port may be missing, and 0.0.0.0 means here. */
  private static URI ollama(String host) {
    URI uri = Endpoint.baseUrl(host.contains("://") ? host : "http://" + host, "OLLAMA_HOST");
    int port = uri.getPort();
    if (port < 0) {
      port = !host.contains("://") ? 11434 : uri.getScheme().equals("https") ? 443 : 80;
    }
    String name = uri.getHost().equals("0.0.0.0") ? "127.0.0.1" : uri.getHost();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    if (!path.isEmpty() && !path.equals("/v1")) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST, "OLLAMA_HOST names a host and a port, not a path: " + path);
    }
    return URI.create("%s://%s:%d/v1".formatted(uri.getScheme(), name, port));
  }
}
