package dev.paddock.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Principal;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Blobs;
import dev.paddock.node.Node;
import dev.paddock.node.SessionRunner;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * The native API of a home without a port: the same dialect answers, within this process, to the
 * user who owns the home. No session is run here.
 */
public final class LocalApi implements AutoCloseable {
  private final SessionRunner runner;
  private final Blobs blobs;
  private final RouteTable routes;

  /** {@code node} stays the caller's to close. */
  public LocalApi(Node node) {
    runner = new SessionRunner(node, text -> {});
    blobs = node.store().blobs();
    routes =
        new RouteTable(
            ServiceLoader.load(Dialect.class).stream().map(ServiceLoader.Provider::get).toList(),
            new NodePlatform(node, runner));
  }

  /** A file of a form. */
  @SuppressWarnings("ArrayRecordComponent") // bytes to send, never compared
  public record FormFile(String path, byte[] bytes) {}

  /**
   * What the API answers to a JSON body.
   *
   * @throws PaddockException what a server would have sent as an error
   */
  public JsonNode call(
      String method, String path, Map<String, String> query, Optional<ObjectNode> body)
      throws InterruptedException {
    return answer(method, path, query, body.orElseGet(Json::object), List.of());
  }

  /** What the API answers to files under the field {@code files}. */
  public JsonNode upload(String path, List<FormFile> files) throws InterruptedException {
    List<Request.Part> parts = files.stream().map(this::part).toList();
    return answer("POST", path, Map.of(), Json.object(), parts);
  }

  private Request.Part part(FormFile file) {
    return new Request.Part(
        "files",
        Optional.of(file.path()),
        Optional.empty(),
        Optional.of(blobs.put(file.bytes())),
        file.bytes().length,
        Optional.empty());
  }

  private JsonNode answer(
      String method,
      String path,
      Map<String, String> query,
      ObjectNode body,
      List<Request.Part> parts)
      throws InterruptedException {
    RequestPath parsed = RequestPath.parse(path);
    Map<String, List<String>> values = new LinkedHashMap<>();
    query.forEach((name, value) -> values.put(name, List.of(value)));
    RequestHead head =
        new RequestHead(
            method, parsed.text(), values, Map.of("anthropic-version", List.of("2023-06-01")));
    if (!(routes.find(head, parsed.segments()) instanceof RouteTable.Match.Found found)
        || !(found.target() instanceof RouteTable.Target.Offered(Route route))) {
      throw ServerException.notFound("there is no %s %s".formatted(method, path));
    }
    try {
      Reply reply = route.handler().handle(new Call(head, found.parameters(), body, parts));
      if (reply instanceof Reply.Json json && json.status() < 300) {
        return json.body();
      }
      throw new ServerException(
          ErrorCode.INTERNAL, "%s %s answered %d".formatted(method, path, reply.status()));
    } catch (IOException e) {
      throw new ServerException(ErrorCode.INTERNAL, "%s %s: %s".formatted(method, path, e));
    }
  }

  @Override
  public void close() {
    runner.close();
  }

  private record Call(
      RequestHead head, Map<String, String> parameters, ObjectNode body, List<Part> parts)
      implements Request {
    @Override
    public String parameter(String name) {
      return Optional.ofNullable(parameters.get(name))
          .orElseThrow(
              () -> new ServerException(ErrorCode.INTERNAL, "no parameter \"%s\"".formatted(name)));
    }

    @Override
    public Caller caller() {
      return new Caller(
          Principal.localUser(), WorkspaceId.DEFAULT, EnumSet.allOf(Route.Scope.class));
    }

    @Override
    public String id() {
      return Ids.next("req");
    }

    @Override
    public ObjectNode json() {
      return body;
    }

    @Override
    public JsonNode anyJson() {
      return body;
    }

    @Override
    public byte[] bytes() {
      return Json.bytes(body);
    }

    @Override
    public InputStream stream() {
      return new ByteArrayInputStream(bytes());
    }

    @Override
    public List<Part> multipart() {
      return parts;
    }

    @Override
    public boolean gone() {
      return false;
    }
  }
}
