package dev.paddock.inference;

import java.util.List;

/** Lets text through up to a stop sequence, which may be spread over many portions. */
final class StopFilter {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  StopFilter(List<String> stops) {
    this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
  }

  boolean stopped() {
    return stopped;
  }

  /** The text that is certain not to belong to a stop sequence. */
  String push(String text) {
    if (stops.isEmpty()) {
      return text;
    }
    held.append(text);
    int first = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    if (first >= 0) {
      stopped = true;
      return take(first);
    }
    return take(held.length() - longestBeginning());
  }

  /** What was held back, at the end of the answer. */
  String finish() {
    return stopped ? "" : take(held.length());
  }

  private int longestBeginning() {
    int longest = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
        if (stop.startsWith(held.substring(held.length() - n))) {
          longest = n;
        }
      }
    }
    return longest;
  }

  private String take(int length) {
    String out = held.substring(0, length);
    held.delete(0, length);
    return out;
  }
}
