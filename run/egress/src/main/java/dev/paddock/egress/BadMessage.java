package dev.paddock.egress;

import java.io.IOException;

/** An HTTP or TLS message that is malformed, or that could be read in two ways. */
final class BadMessage extends IOException {
  private static final long serialVersionUID = 1L;

  BadMessage(String message) {
    super(message);
  }
}
