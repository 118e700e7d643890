package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.node.PortPreviews;
import dev.paddock.node.PortPreviews.Known;
import dev.paddock.node.PortPreviews.State;
import dev.paddock.node.PreviewOrigin;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.spi.PortConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/** Passes a request on to a program in a sandbox, on a connection of its own. */
final class PreviewForward {
  static final long MOST_BODY = 1L << 30;
  private static final Duration ROOM = Duration.ofSeconds(30);
  private static final long USED_NANOS = Duration.ofSeconds(5).toNanos();
  private static final Set<String> REFUSED = Set.of("CONNECT", "TRACE");

  private final PortPreviews previews;
  private final PreviewSlots slots;
  private final PreviewWatch watch;
  private final HangUps hangUps;
  private final Timeouts timeouts;
  private final Waits waits;

  /**
   * How long a program may take.
   *
   * @param head to begin its answer
   * @param idle without a byte either way
   */
  record Waits(Duration head, Duration idle) {
    static final Waits DEFAULT = new Waits(Duration.ofMinutes(2), Duration.ofMinutes(15));
  }

  PreviewForward(
      PortPreviews previews,
      PreviewSlots slots,
      PreviewWatch watch,
      HangUps hangUps,
      Timeouts timeouts,
      Waits waits) {
    this.previews = previews;
    this.slots = slots;
    this.watch = watch;
    this.hangUps = hangUps;
    this.timeouts = timeouts;
    this.waits = waits;
  }

  void pass(
      PreviewOrigin origin,
      Known known,
      String target,
      boolean bearer,
      Request request,
      Response response,
      Callback callback)
      throws IOException, InterruptedException {
    if (REFUSED.contains(request.getMethod())) {
      throw new PreviewRefusal(405, "Not allowed", request.getMethod() + " is not passed on.");
    }
    String own = origin.of(known.id());
    Optional<PreviewUpgrade> upgrade =
        PreviewUpgrade.asked(request)
            ? Optional.of(PreviewUpgrade.of(request, own, !bearer))
            : Optional.empty();
    PreviewRequest head = new PreviewRequest(request.getMethod(), target);
    String host = own.substring(own.indexOf("//") + 2);
    head.with("Host", host).with("X-Forwarded-Host", host);
    head.with("X-Forwarded-Proto", origin.scheme());
    head.with(PreviewHeaders.toProgram(request.getHeaders(), bearer));
    PreviewAccess.otherCookies(request.getHeaders()).ifPresent(all -> head.with("Cookie", all));
    if (!slots.take(known.id(), ROOM)) {
      throw new PreviewRefusal(
          503, "Too many requests at once", "The preview answers others now; try again.");
    }
    Connected connected = null;
    boolean kept = false;
    try {
      connected = new Connected(known, connect(known));
      if (upgrade.isPresent()) {
        kept = upgrade(upgrade.get(), head, connected, request, response, callback);
      } else {
        exchange(head, connected, request, response, callback);
      }
    } catch (IOException e) {
      throw connected != null && connected.wait.late() ? tooSlow(e) : e;
    } finally {
      if (!kept) {
        if (connected != null) {
          connected.close();
        }
        slots.free(known.id());
      }
    }
  }

  private static PreviewRefusal tooSlow(IOException e) {
    return new PreviewRefusal(
        504, "The program does not answer", "It took the request and said nothing.", e);
  }

  private PortConnection connect(Known known) throws PreviewRefusal, InterruptedException {
    try {
      Optional<PortConnection> open = previews.connect(known);
      return open.orElseThrow(() -> stopped(known));
    } catch (SandboxException e) {
      switch (e.code()) {
        case NOT_FOUND ->
            throw new PreviewRefusal(
                502,
                "Nothing answers on port " + known.port(),
                "The program that was shown here does not run. Ask the agent to start it again.",
                e);
        case LIMIT_EXCEEDED ->
            throw new PreviewRefusal(
                503, "Too many requests at once", "The sandbox is busy; try again.", e);
        default -> throw stopped(known, e);
      }
    }
  }

  private static PreviewRefusal stopped(Known known) {
    return stopped(known, new SandboxException(ErrorCode.UNAVAILABLE, "no sandbox"));
  }

  private static PreviewRefusal stopped(Known known, SandboxException e) {
    return new PreviewRefusal(
        502,
        "The sandbox does not run",
        "The sandbox of session %s has stopped, or runs at another server, and its programs with it."
                .formatted(known.session())
            + " Ask the agent to start the one on port %d again.".formatted(known.port()),
        e);
  }

  /** A connection that is watched, and by whose bytes the sandbox counts as used. */
  private final class Connected {
    private final Known known;
    private final PortConnection program;
    private final PreviewWatch.Wait wait;
    private final AtomicLong told = new AtomicLong(System.nanoTime());

    Connected(Known known, PortConnection program) {
      this.known = known;
      this.program = program;
      this.wait =
          watch.begin(
              waits.head(),
              () -> previews.find(known.id()).map(Known::state).equals(Optional.of(State.OPEN)),
              program::close);
    }

    void moved() {
      wait.extend(waits.idle());
      long now = System.nanoTime();
      long last = told.get();
      if (now - last > USED_NANOS && told.compareAndSet(last, now)) {
        previews.used(known);
      }
    }

    void close() {
      wait.close();
      program.close();
    }
  }

  private void exchange(
      PreviewRequest head,
      Connected connected,
      Request request,
      Response response,
      Callback callback)
      throws IOException, InterruptedException {
    BodyStream body = new BodyStream(request, timeouts.read());
    body.allow(MOST_BODY, request.getLength());
    ClientEndPoint client = ClientEndPoint.of(request);
    boolean plain = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1;
    HangUps.Client viewer =
        new HangUps.Client(hangUps, () -> plain && body.isReadWhole() && client.hungUp());
    request.addFailureListener(failure -> connected.program.close());
    HangUps.Watch hangUp = viewer.watch(connected.program::close);
    try (hangUp) {
      Optional<Thread> sending = send(head, connected, body, request);
      try {
        answer(connected, request, response);
      } finally {
        if (sending.isPresent()) {
          connected.program.close();
          sending.get().interrupt();
          sending.get().join();
        }
      }
    }
    callback.succeeded();
  }

  /** Sends the head, and the body beside the answer if there is one. */
  private static Optional<Thread> send(
      PreviewRequest head, Connected connected, BodyStream body, Request request)
      throws IOException {
    long length = request.getLength();
    head.with("Connection", "close");
    if (length >= 0) {
      boolean says = length > 0 || request.getHeaders().contains(HttpHeader.CONTENT_LENGTH);
      if (says) {
        head.with("Content-Length", Long.toString(length));
      }
      head.writeHead(connected.program.output());
      return length == 0
          ? Optional.empty()
          : Optional.of(
              pump(
                  connected,
                  () ->
                      PreviewRequest.writeBody(
                          body, connected.program.output(), connected::moved)));
    }
    PushbackInputStream rest = new PushbackInputStream(body);
    int first = rest.read();
    if (first < 0) {
      head.writeHead(connected.program.output());
      return Optional.empty();
    }
    rest.unread(first);
    head.with("Transfer-Encoding", "chunked").writeHead(connected.program.output());
    return Optional.of(pump(connected, () -> chunks(rest, connected)));
  }

  private static void chunks(InputStream body, Connected connected) throws IOException {
    PreviewRequest.writeChunks(body, connected.program.output(), connected::moved);
  }

  private interface Sending {
    void run() throws IOException;
  }

  /** A program that does not read blocks a thread, so it is one that may. */
  private static Thread pump(Connected connected, Sending sending) {
    return Thread.ofPlatform()
        .daemon()
        .name("preview-upload")
        .start(
            () -> {
              try {
                sending.run();
              } catch (IOException | RuntimeException e) { // the answer, if any, ends early too
                connected.program.close();
              }
            });
  }

  private void answer(Connected connected, Request request, Response response) throws IOException {
    boolean head = request.getMethod().equals("HEAD");
    BoxAnswer answer = new BoxAnswer(connected.program.input(), head);
    answer.readHead();
    if (answer.status() == 101) {
      throw PreviewRefusal.badAnswer("it changes the protocol unasked");
    }
    connected.moved();
    response.setStatus(answer.status());
    for (HttpField field : PreviewHeaders.toViewer(answer.fields())) {
      response.getHeaders().add(field);
    }
    if (head) {
      answer.fields().stream()
          .filter(field -> field.getHeader() == HttpHeader.CONTENT_LENGTH)
          .findFirst()
          .ifPresent(field -> response.getHeaders().put(field));
    }
    ResponseSink sink = new ResponseSink(response, timeouts.write());
    for (ByteBuffer piece = answer.nextBody(); piece.hasRemaining(); piece = answer.nextBody()) {
      byte[] bytes = BufferUtil.toArray(piece);
      sink.write(false, bytes, 0, bytes.length);
      connected.moved();
    }
    sink.write(true, new byte[0], 0, 0);
  }

  /** Whether the connection was handed on. */
  private boolean upgrade(
      PreviewUpgrade upgrade,
      PreviewRequest head,
      Connected connected,
      Request request,
      Response response,
      Callback callback)
      throws IOException {
    upgrade.into(head).writeHead(connected.program.output());
    BoxAnswer answer = new BoxAnswer(connected.program.input(), false);
    answer.readHead();
    if (answer.status() != 101) {
      throw new PreviewRefusal(
          502,
          "No WebSocket here",
          "The program answered %d to the handshake.".formatted(answer.status()));
    }
    response.setStatus(101);
    upgrade.agreed(answer.fields()).forEach(response.getHeaders()::add);
    connected.moved();
    ClientEndPoint client = ClientEndPoint.of(request);
    client.requestBegins(); // it is not idle
    EndPoint viewer = request.getConnectionMetaData().getConnection().getEndPoint();
    PreviewSocket socket =
        new PreviewSocket(
            viewer,
            request.getComponents().getExecutor(),
            connected.program,
            answer.rest(),
            timeouts.write(),
            connected::moved,
            () -> {
              connected.wait.close();
              slots.free(connected.known.id());
              client.requestEnds();
            });
    request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, socket);
    callback.succeeded();
    return true;
  }
}
