package dev.paddock.cli;

import java.time.Duration;
import java.util.Locale;

/** Times, tokens, money and sizes as people read them. */
final class Amounts {
  private Amounts() {}

  static String time(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7_200
        ? "%d min %02d s".formatted(seconds / 60, seconds % 60)
        : "%d h %02d min".formatted(seconds / 3_600, seconds / 60 % 60);
  }

  /** A moment in ISO form, to the second. */
  static String moment(String iso) {
    return iso.length() < 19 ? iso : iso.substring(0, 19).replace('T', ' ');
  }

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String money(double dollars) {
    return String.format(Locale.ROOT, dollars < 1 ? "$%.4f" : "$%.2f", dollars);
  }

  static String size(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    String[] units = {"kB", "MB", "GB", "TB"};
    double value = bytes;
    int unit = -1;
    while (value >= 1_000 && unit < units.length - 1) {
      value /= 1_000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  /** A bar of done out of total with the time that is left, as far as it can be told. */
  static String progress(long done, long total, Duration elapsed) {
    if (total <= 0) {
      return count(done);
    }
    StringBuilder text = new StringBuilder();
    text.append(count(done)).append(" of ").append(count(total));
    if (done > 0 && done < total && elapsed.toMillis() > 2_000) {
      Duration left = elapsed.multipliedBy(total - done).dividedBy(done);
      text.append(", about ").append(time(left)).append(" left");
    }
    return text.toString();
  }
}
