package dev.paddock.egress;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One HTTP request that is seen, and its answer. */
final class Exchange {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final byte[] CONTINUE = HttpInput.bytes("HTTP/1.1 100 Continue\r\n\r\n");
  static final int HTTP = 80;

  private final Connection connection;
  private final EgressProxy proxy;
  private final HttpInput in;
  private final OutputStream out;
  private final RequestHead head;
  private final Target target;
  private final String path;
  private final int impliedPort;
  private final Account account;

  /** Why the host's connection was closed, before whoever reads from it notices. */
  private volatile Optional<IOException> stopped = Optional.empty();

  private CompletableFuture<Optional<IOException>> sent =
      CompletableFuture.completedFuture(Optional.empty());

  /**
   * @param path with the query
   * @param impliedPort 443 within TLS, else 80
   */
  Exchange(
      Connection connection,
      HttpInput in,
      OutputStream out,
      RequestHead head,
      Target target,
      String path,
      int impliedPort,
      Account account) {
    this.connection = connection;
    this.proxy = connection.proxy();
    this.in = in;
    this.out = out;
    this.head = head;
    this.target = target;
    this.path = path;
    this.impliedPort = impliedPort;
    this.account = account;
  }

  /** Whether another request may follow on the sandbox's connection. */
  boolean run(Upstreams upstreams) throws IOException, Refused {
    account.asks(target, head.method(), RequestHead.path(path));
    Framing framing = proxy.has(EgressMeasure.FRAMING) ? Framing.ofRequest(head) : loose();
    requireOwnHost();
    Connection.Route route =
        connection.route(
            target,
            account,
            policy -> policy.request(target, head.method(), RequestHead.path(path)));
    SecretUse secrets = secrets(route.addresses());
    Headers headers = secrets.inject(requestHeaders(secrets));
    BodyInput body = new BodyInput(in, framing);
    if (head.headers().lists("expect", "100-continue") && !(framing instanceof Framing.None)) {
      out.write(CONTINUE);
      out.flush();
    }
    Sent request = request(headers, framing, body, secrets);
    Upstream upstream = send(request, upstreams, route.addresses());
    boolean more = answer(upstream, upstreams, secrets);
    return more && body.ended();
  }

  /** Without the measure: the length wins, as some servers have it. */
  private Framing loose() throws BadMessage {
    Headers headers = head.headers();
    return headers.all("content-length").isEmpty()
        ? Framing.ofRequest(head)
        : new Framing.Length(Long.parseLong(headers.all("content-length").getFirst()));
  }

  private void requireOwnHost() throws BadMessage, Refused {
    Optional<String> named = head.headers().single("host");
    if (named.isEmpty()) {
      if (head.minor() == 1) {
        throw new BadMessage("the Host field is missing");
      }
      return;
    }
    if (proxy.has(EgressMeasure.HOST_FIELD)
        && !proxy.target(named.get(), impliedPort).equals(target)) {
      throw Refused.denied(
          Denial.REQUEST,
          "the Host field names %s, but the request goes to %s"
              .formatted(Text.quoted(named.get()), target));
    }
  }

  /** Secrets go over TLS, or over a network of one's own. */
  private SecretUse secrets(List<InetSocketAddress> addresses) throws Refused {
    List<EgressSecret> forIt = proxy.secretsFor(target.host());
    boolean plain =
        impliedPort == HTTP
            && addresses.stream()
                .anyMatch(a -> AddressKind.of(a.getAddress()) == AddressKind.PUBLIC);
    if (!plain) {
      return new SecretUse(forIt);
    }
    for (EgressSecret secret : forIt) {
      boolean used =
          head.headers().fields().stream()
              .anyMatch(field -> field.value().contains(secret.placeholder()));
      if (used) {
        throw Refused.denied(
            Denial.SECRET,
            "%s is not sent unencrypted to %s; use https"
                .formatted(secret.placeholder(), target.host()));
      }
    }
    return new SecretUse(List.of());
  }

  private Headers requestHeaders(SecretUse secrets) throws BadMessage {
    boolean host = proxy.has(EgressMeasure.HOST_FIELD);
    Headers own = head.headers();
    Headers headers =
        new Headers(
            List.of(
                new Headers.Field(
                    "Host",
                    host
                        ? target.authority(impliedPort)
                        : own.single("host").orElse(target.authority(impliedPort)))));
    Headers rest = own.endToEnd().without("host", "expect", "content-length");
    if (!secrets.none()) { // in pieces or packed, a secret in the answer would not be found
      rest =
          rest.without("accept-encoding", "range", "if-range").with("Accept-Encoding", "identity");
    }
    for (Headers.Field field : rest.fields()) {
      headers = headers.with(field.name(), field.value());
    }
    return head.webSocket()
        ? headers.with("Connection", "Upgrade").with("Upgrade", "websocket")
        : headers;
  }

  /** A request as it goes to the host. */
  @SuppressWarnings("ArrayRecordComponent") // bytes to be passed on, never compared
  private record Sent(byte[] head, InputStream body, boolean chunked, boolean empty) {}

  private Sent request(Headers headers, Framing framing, BodyInput body, SecretUse secrets)
      throws IOException, Refused {
    Replacements inBody = secrets.inBody();
    Headers all = headers;
    InputStream sent = body;
    boolean chunked = false;
    switch (framing) {
      case Framing.None none -> {}
      case Framing.UntilClose untilClose -> throw new BadMessage("a request body without an end");
      case Framing.Chunked chunks -> {
        chunked = true;
        all = all.with("Transfer-Encoding", "chunked");
        sent = inBody.isEmpty() ? body : new ReplacingInput(body, inBody);
      }
      case Framing.Length length -> {
        if (inBody.isEmpty()) {
          all = all.with("Content-Length", Long.toString(length.bytes()));
        } else {
          byte[] replaced = inBody.in(buffered(length.bytes(), body));
          all = all.with("Content-Length", Integer.toString(replaced.length));
          sent = new ByteArrayInputStream(replaced);
        }
      }
    }
    if (!proxy.has(EgressMeasure.FRAMING)) {
      for (String encoding : head.headers().all("transfer-encoding")) {
        all = all.with("Transfer-Encoding", encoding);
      }
    }
    StringBuilder text = new StringBuilder();
    text.append(head.method()).append(' ').append(path).append(" HTTP/1.1\r\n");
    all.appendTo(text);
    text.append("\r\n");
    return new Sent(HttpInput.bytes(text), sent, chunked, framing instanceof Framing.None);
  }

  private byte[] buffered(long length, BodyInput body) throws IOException, Refused {
    int most = proxy.limits().bufferedBytes();
    if (length > most) {
      throw Refused.tooLarge(
          "a body of %d bytes to %s, where a secret may stand in bodies: send at most %d bytes, or in chunks (Transfer-Encoding: chunked)"
              .formatted(length, target, most));
    }
    return body.readNBytes((int) length);
  }

  /** A request without a body may be sent once more, if a used connection turns out dead. */
  private Upstream send(Sent request, Upstreams upstreams, List<InetSocketAddress> addresses)
      throws IOException, Refused {
    Optional<Upstream> used = request.empty() ? upstreams.used() : Optional.empty();
    if (used.isPresent() && takes(used.get(), request)) {
      return used.get();
    }
    Upstream fresh = upstreams.fresh(addresses);
    fresh.out().write(request.head());
    fresh.out().flush();
    if (!request.empty()) {
      // aside: a host may answer before it has read everything
      CompletableFuture<Optional<IOException>> sending = new CompletableFuture<>();
      Thread.ofVirtual().name("egress-body").start(() -> sending.complete(carry(request, fresh)));
      sent = sending;
    }
    return fresh;
  }

  private static boolean takes(Upstream used, Sent request) {
    try {
      used.out().write(request.head());
      used.out().flush();
      return used.in().more();
    } catch (IOException dead) {
      return false;
    }
  }

  private Optional<IOException> carry(Sent request, Upstream upstream) {
    OutputStream body = request.chunked() ? new ChunkedOutput(upstream.out()) : upstream.out();
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int n = request.body().read(buffer); n >= 0; n = request.body().read(buffer)) {
        connection.lifetime().touch();
        account.sent(n);
        body.write(buffer, 0, n);
        body.flush();
      }
      if (request.chunked()) {
        body.close();
      }
      return Optional.empty();
    } catch (Account.LimitReached | BadMessage e) {
      stopped = Optional.of(e);
      closeHost(upstream, e);
      return Optional.of(e);
    } catch (IOException e) { // the host may have answered already, and reads no more
      return Optional.of(e);
    }
  }

  private static void closeHost(Upstream upstream, IOException cause) {
    try {
      upstream.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private boolean answer(Upstream upstream, Upstreams upstreams, SecretUse secrets)
      throws IOException, Refused {
    ResponseHead response;
    try {
      do {
        response = ResponseHead.read(upstream.in(), proxy.headBytes());
      } while (response.interim());
    } catch (BadMessage e) {
      throw Refused.failed(502, target + " answers wrongly: " + e.getMessage());
    } catch (IOException e) {
      throw whyNoAnswer(e);
    }
    connection.lifetime().touch();
    if (response.status() == 101) {
      upgrade(upstream, response, secrets);
      return false;
    }
    Framing framing;
    try {
      framing = Framing.ofResponse(response, head.method());
    } catch (BadMessage e) {
      throw Refused.failed(502, target + " answers wrongly: " + e.getMessage());
    }
    BodyInput body = new BodyInput(upstream.in(), framing);
    Replacements masks = proxy.has(EgressMeasure.MASKING) ? secrets.inAnswer() : Replacements.NONE;
    boolean more =
        new Answer(connection, account, out, head, target, masks, keeps())
            .write(response, framing, body);
    boolean reusable =
        response.minor() == 1
            && !response.headers().lists("connection", "close")
            && body.ended()
            && !(framing instanceof Framing.UntilClose)
            && sent.isDone()
            && sent.join().isEmpty();
    if (reusable) {
      upstreams.keep(upstream);
    } else {
      upstreams.end(upstream);
    }
    return more;
  }

  /** Plain HTTP: one request, so that nothing can be smuggled behind it. */
  private boolean keeps() {
    boolean asked = head.minor() == 1 && !head.headers().lists("connection", "close");
    return !proxy.has(EgressMeasure.ONE_REQUEST) || (asked && impliedPort != HTTP);
  }

  /** What went wrong while the body was sent explains best why no answer came. */
  private IOException whyNoAnswer(IOException e) {
    Optional<IOException> failed = sent.isDone() ? sent.join() : stopped;
    return failed.orElse(e);
  }

  private void upgrade(Upstream upstream, ResponseHead response, SecretUse secrets)
      throws IOException, Refused {
    if (!head.webSocket() || !response.headers().lists("upgrade", "websocket")) {
      throw Refused.failed(502, target + " changes the protocol without being asked");
    }
    Replacements masks = secrets.inAnswer();
    StringBuilder text = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    response
        .headers()
        .endToEnd()
        .mapValues(f -> new Headers.Field(f.name(), masks.inHeader(f.value())))
        .with("Connection", "Upgrade")
        .with("Upgrade", "websocket")
        .appendTo(text);
    account.answered(101);
    out.write(HttpInput.bytes(text.append("\r\n")));
    out.flush();
    Pump.Side sandbox = new Pump.Side(in, out, connection.channel()::shutdownOutput);
    Pump.Side host =
        new Pump.Side(upstream.in(), upstream.out(), upstream.socket()::shutdownOutput);
    account.ended(new Pump(account, connection.lifetime()).run(sandbox, host));
  }
}
