package dev.paddock.sandbox;

import java.io.IOException;

/** Something that was left where it is, and why. */
public record Skipped(String path, String reason) {
  static Skipped of(String path, IOException e) {
    return new Skipped(
        path, e instanceof Errno errno ? errno.text() : String.valueOf(e.getMessage()));
  }
}
