package dev.paddock.egress;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Requests of this process's own through a proxy: over its socket, as a box's programs make them,
 * so that the same rules, guard, questions, limits and log hold. No redirect is followed.
 */
public final class EgressClient {
  private static final int HEAD_BYTES = 64 << 10;

  /** What the proxy's own refusals carry, and no host's answer. */
  static final String DENIED = "x-paddock-denied";

  private final EgressProxy proxy;
  private final SSLContext trust;

  public EgressClient(EgressProxy proxy) {
    this.proxy = proxy;
    this.trust = proxy.boxTrust();
  }

  /**
   * Makes one request.
   *
   * @param time for all of it
   * @param maxBytes of the body; the rest is left unread
   * @throws EgressException UNAVAILABLE if there is no answer, TIMEOUT if there is none in time
   */
  public EgressAnswer send(EgressRequest request, Duration time, int maxBytes)
      throws InterruptedException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(proxy.socket()));
        Deadline deadline = new Deadline(channel, time)) {
      try {
        return exchange(channel, request, maxBytes);
      } catch (ClosedByInterruptException e) {
        throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
      } catch (IOException e) {
        if (deadline.over()) {
          throw new EgressException(
              ErrorCode.TIMEOUT,
              "%s did not answer within %d s".formatted(request.target(), time.toSeconds()),
              e);
        }
        throw e;
      }
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
      }
      throw new EgressException(
          ErrorCode.UNAVAILABLE,
          "no whole answer from %s: %s".formatted(request.target(), reason(e)),
          e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof SSLException
        ? "its certificate or TLS is not good, or the connection was refused: " + e.getMessage()
        : String.valueOf(e.getMessage());
  }

  private EgressAnswer exchange(SocketChannel channel, EgressRequest request, int maxBytes)
      throws IOException {
    HttpInput in = new HttpInput(Channels.newInputStream(channel));
    if (!request.tls()) {
      return ask(in, Channels.newOutputStream(channel), request, maxBytes, true);
    }
    String connect = "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n\r\n".formatted(request.target());
    channel.write(ByteBuffer.wrap(HttpInput.bytes(connect)));
    ResponseHead tunnel = ResponseHead.read(in, HEAD_BYTES);
    if (tunnel.status() != 200) {
      return refused(tunnel, in);
    }
    Socket plain = new ChannelSocket(channel, in, Channels.newOutputStream(channel));
    try (SSLSocket secured = secured(plain, request.target())) {
      List<Certificate> shown = List.of(secured.getSession().getPeerCertificates());
      return ask(
          new HttpInput(secured.getInputStream()),
          secured.getOutputStream(),
          request,
          maxBytes,
          shown.contains(proxy.authority().certificate()));
    }
  }

  private SSLSocket secured(Socket plain, Target target) throws IOException {
    Host host = target.host();
    String bare = host.literal().map(at -> at.getHostAddress()).orElse(host.text());
    SSLSocket socket =
        (SSLSocket) trust.getSocketFactory().createSocket(plain, bare, target.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    if (host.literal().isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(host.text())));
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /**
   * @param byProxy whether the proxy answers, and not the host behind a tunnel
   */
  private static EgressAnswer ask(
      HttpInput in, OutputStream out, EgressRequest request, int maxBytes, boolean byProxy)
      throws IOException {
    byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
    out.write(request.head(body.length));
    out.write(body);
    out.flush();
    ResponseHead head;
    do {
      head = ResponseHead.read(in, HEAD_BYTES);
    } while (head.interim());
    if (byProxy && !head.headers().all(DENIED).isEmpty()) {
      return refused(head, in);
    }
    BodyInput content = new BodyInput(in, Framing.ofResponse(head, request.method()));
    byte[] bytes = content.readNBytes(maxBytes);
    boolean whole = bytes.length < maxBytes || content.read() < 0;
    Map<String, List<String>> fields = new LinkedHashMap<>();
    for (Headers.Field field : head.headers().fields()) {
      fields
          .computeIfAbsent(field.name().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(field.value());
    }
    return new EgressAnswer(Optional.empty(), head.status(), fields, bytes, whole);
  }

  /** The proxy says why in a line. */
  private static EgressAnswer refused(ResponseHead head, HttpInput in) throws IOException {
    BodyInput body = new BodyInput(in, Framing.ofResponse(head, "GET"));
    String why = new String(body.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8).strip();
    return EgressAnswer.denied(head.status(), why.replaceFirst("^paddock: ", ""));
  }

  /** Closes a channel when its time is over: blocking reads have no time limits of their own. */
  private static final class Deadline implements AutoCloseable {
    private final Thread watch;
    private volatile boolean over;

    Deadline(SocketChannel channel, Duration time) {
      watch = Thread.ofVirtual().name("egress-deadline").start(() -> end(channel, time));
    }

    private void end(SocketChannel channel, Duration time) {
      try {
        Thread.sleep(time);
        over = true;
        channel.close();
      } catch (InterruptedException | IOException ended) {
        return;
      }
    }

    boolean over() {
      return over;
    }

    @Override
    public void close() {
      watch.interrupt();
    }
  }
}
