package dev.paddock.agent;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds keys by their shape, and values that are known to be secret. */
final class SecretShapes {
  private static final int LEAST_VALUE_CHARS = 6;
  private static final String MASK = "[secret]";

  /** Shapes that the issuers document; each is matched without backtracking. */
  private static final Pattern SHAPES =
      Pattern.compile(
          String.join(
              "|",
              "\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b",
              "\\bgh[pousr]_[A-Za-z0-9]{36,255}",
              "\\bgithub_pat_[A-Za-z0-9_]{22,255}",
              "\\bglpat-[A-Za-z0-9_-]{20,64}",
              "\\bsk-[A-Za-z0-9_-]{20,255}",
              "\\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,255}",
              "\\bAIza[A-Za-z0-9_-]{35}",
              "\\bxox[abeoprs]-[A-Za-z0-9-]{10,255}",
              "\\bnpm_[A-Za-z0-9]{36}\\b",
              "\\beyJ[A-Za-z0-9_-]{10,4096}\\.eyJ[A-Za-z0-9_-]{10,8192}\\.[A-Za-z0-9_-]{10,4096}",
              "-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?"));

  private SecretShapes() {}

  /** The text without its secrets; empty when it has none. */
  static Optional<String> masked(String text, List<String> values) {
    String masked = SHAPES.matcher(text).replaceAll(MASK);
    for (String value : values) {
      if (value.length() >= LEAST_VALUE_CHARS) {
        masked = masked.replace(value, MASK);
      }
    }
    return masked.equals(text) ? Optional.empty() : Optional.of(masked);
  }
}
