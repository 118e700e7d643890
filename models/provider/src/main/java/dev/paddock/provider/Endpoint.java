package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.ProviderState;
import dev.paddock.provider.spi.Message;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** Where a provider is reached and with which key. */
record Endpoint(String provider, URI base, Optional<Secret> key) {

  /** Checks an address that a person set. */
  static URI baseUrl(String text, String variable) {
    URI uri;
    try {
      uri = new URI(text.strip());
    } catch (URISyntaxException e) {
      throw badAddress(variable, "it is no URL", e);
    }
    String scheme = uri.getScheme();
    if (scheme == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw badAddress(variable, "it must start with http:// or https://", null);
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null) {
      throw badAddress(variable, "it must name a host, without user or password", null);
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw badAddress(variable, "it must end with the path", null);
    }
    return uri;
  }

  private static ModelException badAddress(
      String variable, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new ModelException(
        ErrorCode.INVALID_REQUEST,
        "%s is not a usable address: %s".formatted(variable, why),
        cause);
  }

  /** The address of a path below {@code version}, which the base may already end with. */
  URI resolve(String version, String path) {
    String root = base.toString().replaceAll("/+$", "");
    return URI.create(root.endsWith(version) ? root + path : root + version + path);
  }

  /** What this provider wanted kept of an answer; that of another one means nothing here. */
  Optional<JsonNode> kept(Message.Assistant said) {
    return said.state()
        .filter(state -> state.provider().equals(provider))
        .map(ProviderState::value);
  }

  /** The provider's own public service rather than something that speaks like it. */
  boolean isOfficial() {
    String host = base.getHost().toLowerCase(Locale.ROOT);
    return switch (provider) {
      case "openai" -> host.equals("api.openai.com");
      case "anthropic" -> host.equals("api.anthropic.com");
      case "gemini" -> host.equals("generativelanguage.googleapis.com");
      default -> false;
    };
  }

  String keyVariable() {
    return provider.toUpperCase(Locale.ROOT) + "_API_KEY";
  }

  String addressVariable() {
    return provider.equals("ollama")
        ? "OLLAMA_HOST"
        : provider.toUpperCase(Locale.ROOT) + "_BASE_URL";
  }

  /** A text of the other side, short and without the key. */
  String quote(String text) {
    String clean = key.map(k -> k.scrub(text)).orElse(text).strip();
    return clean.length() > 500 ? clean.substring(0, 500) + "…" : clean;
  }
}
