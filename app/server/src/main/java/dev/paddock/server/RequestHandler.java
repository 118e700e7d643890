package dev.paddock.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.Blobs;
import dev.paddock.server.RouteTable.Match;
import dev.paddock.server.RouteTable.Target;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.Problem;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The way of one request: who sent it, which route it means, its answer. Runs on a virtual thread.
 */
final class RequestHandler extends Handler.Abstract {
  private static final long MOST_DISCARDED = 64L << 20;
  private static final Duration DISCARDING = Duration.ofSeconds(2);

  private final Parts parts;
  private final ReplyWriter replies;

  /** What the handler works with. */
  record Parts(
      RouteTable routes,
      List<Dialect> dialects,
      Authentication authentication,
      OpenPages pages,
      Blobs blobs,
      BodyBudget budget,
      Running running,
      OpenStreams streams,
      HangUps hangUps,
      Metrics metrics,
      ServerLog log,
      Timeouts timeouts) {}

  RequestHandler(Parts parts) {
    this.parts = parts;
    this.replies = new ReplyWriter(parts.streams(), parts.metrics(), parts.timeouts());
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange();
    response.getHeaders().put("request-id", exchange.id).put("x-request-id", exchange.id);
    ClientEndPoint connection = ClientEndPoint.of(request);
    connection.requestBegins();
    request.addFailureListener(failure -> exchange.failed = true);
    BodyStream body = new BodyStream(request, parts.timeouts().read());
    exchange.gone = () -> exchange.failed || (body.isReadWhole() && hungUp(request, connection));
    try (Running.Turn turn = parts.running().begin()) {
      ScopedValue.where(HangUps.CLIENT, new HangUps.Client(parts.hangUps(), exchange.gone))
          .run(() -> serve(exchange, turn, body, request, response, callback));
    } finally {
      connection.requestEnds();
    }
    return true;
  }

  /** In HTTP/2 the stream is reset then, and the request fails. */
  private static boolean hungUp(Request request, ClientEndPoint connection) {
    return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
        && connection.hungUp();
  }

  private void serve(
      Exchange exchange,
      Running.Turn turn,
      BodyStream body,
      Request request,
      Response response,
      Callback callback) {
    Reply reply;
    try {
      exchange.head = head(request);
      if (!turn.admitted()) {
        throw new ServerException(ErrorCode.UNAVAILABLE, "the server is stopping; try again");
      }
      reply = answer(exchange, request, body);
    } catch (Throwable failure) {
      reply = refuse(exchange, failure);
      if (failure instanceof VirtualMachineError fatal
          && !(failure instanceof StackOverflowError)) {
        parts.log().failure("fatal", exchange.id, fatal);
      }
    }
    finish(exchange, reply, body, request, response, callback);
    log(exchange, response.getStatus());
  }

  private void finish(
      Exchange exchange,
      Reply reply,
      BodyStream body,
      Request request,
      Response response,
      Callback callback) {
    if (parts.running().stopping()) {
      closeAfterwards(request, response);
    }
    try {
      replies.write(reply, exchange, response);
      body.discard(MOST_DISCARDED, DISCARDING);
      callback.succeeded();
    } catch (ResponseSink.SlowClientException e) {
      exchange.note = "slow client";
      drop(request, callback, e);
    } catch (IOException e) {
      exchange.note = "client gone";
      callback.failed(e);
    } catch (Throwable e) {
      exchange.note = "failed";
      parts.log().failure("request failed after its answer began", exchange.id, e);
      callback.failed(e);
    }
  }

  private static void closeAfterwards(Request request, Response response) {
    if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
      response.getHeaders().put("connection", "close");
    }
  }

  /** What was written may never be taken, so the connection is closed, or in HTTP/2 the stream. */
  private static void drop(Request request, Callback callback, IOException why) {
    if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
      ClientEndPoint.of(request).close(why);
    }
    callback.failed(why);
  }

  private Reply answer(Exchange exchange, Request request, BodyStream body)
      throws IOException, InterruptedException {
    RequestPath path = RequestPath.parse(request.getHttpURI().getPath());
    RequestHead head = withPath(exchange.head, path, request.getHttpURI().getQuery());
    exchange.head = head;
    Optional<Reply> page = page(exchange, request);
    if (page.isPresent()) {
      return page.get();
    }
    Match match = parts.routes().find(head, path.segments());
    exchange.dialect = dialect(head, match);
    exchange.template = template(match);
    if (head.method().equals("OPTIONS") && match instanceof Match.WrongMethod options) {
      return new Reply.Empty(204, Map.of("allow", String.join(", ", options.allowed())));
    }
    Caller caller = parts.authentication().caller(head);
    exchange.caller = caller.principal().id();
    return switch (match) {
      case Match.Nothing nothing ->
          throw ServerException.notFound("there is no " + shown(head.method() + " " + head.path()));
      case Match.WrongMethod wrong -> wrongMethod(exchange, wrong);
      case Match.Found found -> call(exchange, found, caller, request, body);
    };
  }

  private Optional<Reply> page(Exchange exchange, Request request) {
    Optional<Reply> page = parts.pages().answer(exchange.head, peer(request));
    page.ifPresent(found -> exchange.template = exchange.head.path());
    return page;
  }

  private static InetAddress peer(Request request) {
    SocketAddress remote = request.getConnectionMetaData().getRemoteSocketAddress();
    return remote instanceof InetSocketAddress inet
        ? inet.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  private Dialect dialect(RequestHead head, Match match) {
    return switch (match) {
      case Match.Found found -> found.dialect();
      case Match.WrongMethod wrong -> wrong.dialect();
      case Match.Nothing nothing ->
          parts.dialects().stream()
              .filter(dialect -> dialect.claims(head))
              .findFirst()
              .orElse(PlainDialect.INSTANCE);
    };
  }

  private static String template(Match match) {
    return switch (match) {
      case Match.Found found -> found.template();
      case Match.WrongMethod wrong -> wrong.template();
      case Match.Nothing nothing -> "unmatched";
    };
  }

  private Reply wrongMethod(Exchange exchange, Match.WrongMethod wrong) {
    String allowed = String.join(", ", wrong.allowed());
    Reply refused =
        refuse(
            exchange,
            new ServerException(
                    ErrorCode.INVALID_REQUEST,
                    "%s takes %s, not %s"
                        .formatted(
                            shown(exchange.head.path()), allowed, shown(exchange.head.method())))
                .withStatus(405));
    return ReplyWriter.with(refused, "allow", allowed);
  }

  private Reply call(
      Exchange exchange, Match.Found found, Caller caller, Request request, BodyStream body)
      throws IOException, InterruptedException {
    return switch (found.target()) {
      case Target.Missing missing ->
          throw ServerException.notFound(
              missing.feature() + ": not offered by this release of Paddock");
      case Target.Offered offered -> {
        Route route = offered.route();
        Authentication.require(caller, route.scope());
        body.allow(route.limits().bodyBytes(), request.getLength());
        yield route
            .handler()
            .handle(
                new HttpRequest(
                    exchange.head,
                    found.parameters(),
                    caller,
                    exchange.id,
                    body,
                    parts.budget(),
                    parts.blobs(),
                    exchange.gone));
      }
    };
  }

  private Reply refuse(Exchange exchange, Throwable failure) {
    if (failure instanceof InterruptedException) {
      return refuse(
          exchange,
          new ServerException(ErrorCode.UNAVAILABLE, "the server is stopping; try again"));
    }
    Problem problem = Problems.of(failure, exchange.id);
    if (Problems.ours(failure)) {
      parts.log().failure("request failed", exchange.id, failure);
    }
    Reply reply = exchange.dialect.error(problem, exchange.id);
    if (problem.retryAfter().isPresent()) {
      long seconds = Math.max(1, problem.retryAfter().get().toSeconds());
      reply = ReplyWriter.with(reply, "retry-after", Long.toString(seconds));
    }
    return ReplyWriter.with(reply, "x-should-retry", Boolean.toString(problem.code().retryable()));
  }

  private static RequestHead head(Request request) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (HttpField field : request.getHeaders()) {
      headers
          .computeIfAbsent(field.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(Optional.ofNullable(field.getValue()).orElse(""));
    }
    return new RequestHead(
        request.getMethod(), request.getHttpURI().getPath(), Map.of(), Map.copyOf(headers));
  }

  private static RequestHead withPath(
      RequestHead head, RequestPath path, @org.jspecify.annotations.Nullable String query) {
    return new RequestHead(
        head.method(),
        path.text(),
        query == null ? Map.of() : PercentCoding.query(query),
        head.headers());
  }

  private static String shown(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  private void log(Exchange exchange, int status) {
    String method = exchange.head.method();
    parts.metrics().request(exchange.template, method, status, exchange.nanos());
    ObjectNode line = parts.log().line(ServerLog.Level.INFO, "request");
    line.put("request_id", exchange.id).put("method", shown(method));
    line.put("route", exchange.template).put("status", status);
    line.put("ms", exchange.nanos() / 1_000_000);
    if (!exchange.caller.isEmpty()) {
      line.put("caller", exchange.caller);
    }
    if (!exchange.note.isEmpty()) {
      line.put("note", exchange.note);
    }
    parts.log().write(line);
  }
}
