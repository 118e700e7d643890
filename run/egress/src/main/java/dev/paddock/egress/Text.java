package dev.paddock.egress;

/** Text from outside, made fit to be shown. */
final class Text {
  private static final int LONGEST = 120;

  private Text() {}

  /** In quotes, with every character that is not printable ASCII escaped, and cut. */
  static String quoted(String text) {
    return "\"" + shown(text, LONGEST) + "\"";
  }

  static String shown(String text, int longest) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && shown.length() < longest; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 127) {
        shown.append(c);
      } else {
        shown.append(String.format("\\u%04x", (int) c));
      }
    }
    return text.length() > longest ? shown + "..." : shown.toString();
  }
}
