package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Map;

/**
 * The one spelling of each JSON value that structured output uses: one blank after {@code :} and
 * {@code ,} and nowhere else; in strings only what must be escaped is; a number is written without
 * an exponent, unless it has more than 19 digits before or more than 15 after the point, and
 * without zeros that do not count. Properties stay in their order.
 */
public final class CanonicalJson {
  static final int INTEGER_DIGITS = 19;
  static final int FRACTION_DIGITS = 15;

  private CanonicalJson() {}

  public static String write(JsonNode value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(JsonNode value, StringBuilder out) {
    if (value.isObject()) {
      String separator = "{";
      for (Map.Entry<String, JsonNode> property : value.properties()) {
        string(property.getKey(), out.append(separator));
        write(property.getValue(), out.append(": "));
        separator = ", ";
      }
      out.append(value.isEmpty() ? "{}" : "}");
    } else if (value.isArray()) {
      String separator = "[";
      for (JsonNode item : value) {
        write(item, out.append(separator));
        separator = ", ";
      }
      out.append(value.isEmpty() ? "[]" : "]");
    } else if (value.isTextual()) {
      string(value.textValue(), out);
    } else if (value.isNumber()) {
      out.append(number(value.decimalValue()));
    } else {
      out.append(value.asText());
    }
  }

  static String string(String text) {
    StringBuilder out = new StringBuilder();
    string(text, out);
    return out.toString();
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    text.codePoints().forEach(c -> escape(c, out));
    out.append('"');
  }

  /** One character as it stands inside of a string. */
  static void escape(int c, StringBuilder out) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (c < 0x20) {
          out.append(String.format("\\u%04x", c));
        } else {
          out.appendCodePoint(c);
        }
      }
    }
  }

  static String number(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    if (stripped.signum() == 0) {
      return "0";
    }
    if (stripped.precision() - stripped.scale() <= INTEGER_DIGITS
        && stripped.scale() <= FRACTION_DIGITS) {
      return stripped.toPlainString();
    }
    String digits = stripped.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - stripped.scale();
    return (stripped.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + Math.abs(exponent);
  }
}
