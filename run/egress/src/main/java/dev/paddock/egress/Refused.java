package dev.paddock.egress;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A request that is not made, or that fails before its answer. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Optional<Denial> denial;

  private Refused(int status, Optional<Denial> denial, String reason) {
    super(reason);
    this.status = status;
    this.denial = denial;
  }

  static Refused denied(Denial denial, String reason) {
    int status =
        switch (denial) {
          case REQUEST -> 400;
          case LIMIT -> 429;
          case HOST, PORT, METHOD_OR_PATH, ADDRESS, APPROVAL, TLS, SECRET -> 403;
        };
    return new Refused(status, Optional.of(denial), reason);
  }

  static Refused tooLarge(String reason) {
    return new Refused(413, Optional.of(Denial.LIMIT), reason);
  }

  static Refused failed(int status, String reason) {
    return new Refused(status, Optional.empty(), reason);
  }

  int status() {
    return status;
  }

  Optional<Denial> denial() {
    return denial;
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  /** The answer that a program or a person reads; the status line too says why. */
  byte[] answer() {
    String body = "paddock: " + reason() + "\n";
    StringBuilder head = new StringBuilder();
    head.append("HTTP/1.1 ").append(status).append(' ').append(Text.shown(reason(), 300));
    head.append("\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ");
    head.append(body.getBytes(StandardCharsets.UTF_8).length);
    head.append("\r\nConnection: close\r\n");
    denial.ifPresent(why -> head.append("x-paddock-denied: ").append(why.header()).append("\r\n"));
    head.append("\r\n").append(body);
    return head.toString().getBytes(StandardCharsets.UTF_8);
  }
}
