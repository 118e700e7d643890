package dev.paddock.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A preview that cannot be shown, and what its viewer can do about it. */
final class PreviewRefusal extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String title;

  PreviewRefusal(int status, String title, String message) {
    super(message);
    this.status = status;
    this.title = title;
  }

  PreviewRefusal(int status, String title, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
    this.title = title;
  }

  static PreviewRefusal badAnswer(String why) {
    return new PreviewRefusal(
        502, "The program's answer was not understood", "It is not proper HTTP: " + why + ".");
  }

  int status() {
    return status;
  }

  /** What is said is Paddock's own, but may quote. */
  byte[] page() {
    return """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>%1$s</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em}</style>
        <h1>%1$s</h1>
        <p>%2$s</p>
        </html>
        """
        .formatted(escaped(title), escaped(String.valueOf(getMessage())))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
