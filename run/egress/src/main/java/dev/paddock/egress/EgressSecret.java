package dev.paddock.egress;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value that the box never has. It uses a placeholder, which the proxy replaces in requests to
 * the hosts that the secret names, and nowhere else.
 */
public final class EgressSecret {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SHORTEST = 4;
  private static final int LONGEST = 16_384;

  private final String placeholder;
  private final String value;
  private final List<HostPattern> hosts;
  private final Set<Place> places;

  /** Where in a request it may stand. */
  public enum Place {
    /** Header fields, and the user name and password of basic authentication. */
    HEADER,
    BODY
  }

  /**
   * @param placeholder what the box has; at least 16 characters, from {@link #placeholder}
   * @param value 4 to 16,384 characters; in headers without line breaks
   */
  public EgressSecret(
      String placeholder, String value, List<HostPattern> hosts, Set<Place> places) {
    if (placeholder.length() < 16 || !placeholder.matches("[A-Za-z0-9_-]+")) {
      throw EgressException.invalid(
          "a placeholder has at least 16 letters, digits, '_' or '-': " + Text.quoted(placeholder));
    }
    if (value.length() < SHORTEST || value.length() > LONGEST) {
      throw EgressException.invalid(
          "the secret behind %s must have %d to %d characters; shorter ones cannot be masked in answers"
              .formatted(placeholder, SHORTEST, LONGEST));
    }
    if (value.contains(placeholder)) {
      throw EgressException.invalid("the secret behind " + placeholder + " contains it");
    }
    if (places.isEmpty()) {
      throw EgressException.invalid("the secret behind " + placeholder + " may stand nowhere");
    }
    if (places.contains(Place.HEADER) && value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
      throw EgressException.invalid(
          "the secret behind %s has a line break or control character; one that may stand in a header"
                  .formatted(placeholder)
              + " must not, so allow it in the body only");
    }
    this.placeholder = placeholder;
    this.value = value;
    this.hosts = List.copyOf(hosts);
    this.places = Set.copyOf(EnumSet.copyOf(places));
  }

  /** A fresh placeholder that nobody can guess and that says what it stands for. */
  public static String placeholder(String name) {
    byte[] bytes = new byte[12];
    RANDOM.nextBytes(bytes);
    String word = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return "paddock-secret-"
        + word.substring(0, Math.min(40, word.length()))
        + "-"
        + HexFormat.of().formatHex(bytes);
  }

  public String placeholder() {
    return placeholder;
  }

  boolean isFor(Host host) {
    return hosts.stream().anyMatch(pattern -> pattern.matches(host));
  }

  boolean allowedIn(Place place) {
    return places.contains(place);
  }

  String value() {
    return value;
  }

  byte[] valueBytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EgressSecret secret
        && placeholder.equals(secret.placeholder)
        && value.equals(secret.value)
        && hosts.equals(secret.hosts)
        && places.equals(secret.places);
  }

  @Override
  public int hashCode() {
    return placeholder.hashCode();
  }

  /** Never the value. */
  @Override
  public String toString() {
    return placeholder;
  }
}
