package dev.paddock.egress;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The secrets of one request: puts values where the box has placeholders, and placeholders where
 * the answer has values.
 */
final class SecretUse {
  private static final Set<String> NEVER =
      Set.of("host", "content-length", "transfer-encoding", "connection", "upgrade", "expect");

  private final List<EgressSecret> secrets;
  private final Map<String, String> masks = new LinkedHashMap<>();

  SecretUse(List<EgressSecret> secrets) {
    this.secrets = List.copyOf(secrets);
    for (EgressSecret secret : secrets) {
      for (String form : forms(secret.value())) {
        masks.put(form, secret.placeholder());
      }
    }
  }

  boolean none() {
    return secrets.isEmpty();
  }

  /** The value as servers may write it; each form stands for the same secret. */
  private static List<String> forms(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    String url = URLEncoder.encode(value, StandardCharsets.UTF_8);
    String json = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    String html = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return List.of(
        value,
        url,
        url.replace("+", "%20"),
        json,
        json.replace("/", "\\/"),
        html,
        html.replace("\"", "&#34;").replace("'", "&#39;"),
        html.replace("\"", "&quot;").replace("'", "&#x27;"),
        Base64.getEncoder().encodeToString(bytes),
        Base64.getEncoder().withoutPadding().encodeToString(bytes),
        Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  Headers inject(Headers headers) {
    Replacements values = values(EgressSecret.Place.HEADER);
    return values.isEmpty()
        ? headers
        : headers.mapValues(field -> new Headers.Field(field.name(), inject(field, values)));
  }

  private String inject(Headers.Field field, Replacements values) {
    if (NEVER.contains(field.name().toLowerCase(Locale.ROOT))) {
      return field.value();
    }
    if (field.is("authorization") && field.value().regionMatches(true, 0, "basic ", 0, 6)) {
      return basic(field.value(), values);
    }
    return values.inHeader(field.value());
  }

  /** User name and password stand in base64: RFC 7617. */
  private String basic(String value, Replacements values) {
    String encoded = value.substring(6).strip();
    byte[] given;
    try {
      given = Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException notBase64) {
      return value; // no placeholder can stand in it
    }
    String replaced = Base64.getEncoder().encodeToString(values.in(given));
    if (!replaced.equals(encoded)) {
      masks.put(replaced, encoded);
    }
    return value.substring(0, 6) + replaced;
  }

  /** What is to be replaced in a body on its way to the host. */
  Replacements inBody() {
    return values(EgressSecret.Place.BODY);
  }

  private Replacements values(EgressSecret.Place place) {
    Map<String, String> values = new LinkedHashMap<>();
    secrets.stream()
        .filter(secret -> secret.allowedIn(place))
        .forEach(secret -> values.put(secret.placeholder(), secret.value()));
    return new Replacements(values);
  }

  /** What is to be replaced in the answer; to be asked when the request has been made. */
  Replacements inAnswer() {
    return new Replacements(masks);
  }
}
