package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.Replay;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.node.Delivery;
import dev.paddock.node.KeptSnapshot;
import dev.paddock.store.PruneRule;
import dev.paddock.store.Pruned;
import dev.paddock.store.Verification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Sessions of a server. */
record RemoteSessions(RemoteServer server) implements SessionCalls {
  private static final String SESSIONS = "/v1/sessions";

  @Override
  public List<SessionRow> list(int limit) throws InterruptedException {
    List<SessionRow> rows = new ArrayList<>();
    server.list(SESSIONS, Map.of(), limit, session -> rows.add(row(session)));
    return rows;
  }

  private static SessionRow row(JsonNode session) {
    return new SessionRow(
        session.path("id").asText(),
        session.path("status").asText(),
        session.path("agent").path("name").asText(),
        session.path("created_at").asText(),
        session.path("updated_at").asText(),
        Optional.empty());
  }

  static String path(SessionId session) {
    return SESSIONS + "/" + session;
  }

  @Override
  public void read(SessionId session, Consumer<ShownEvent> each) throws InterruptedException {
    RemoteFeed.Pages pages = new RemoteFeed.Pages(server, session);
    while (!pages.whole()) {
      pages.next().forEach(each);
    }
  }

  @Override
  public EventFeed follow(SessionId session) throws InterruptedException {
    server.get(path(session));
    return new RemoteFeed(server, session);
  }

  @Override
  public String send(SessionId session, String text) throws InterruptedException {
    ObjectNode message = Json.object().put("type", "user.message");
    message.putArray("content").addObject().put("type", "text").put("text", text);
    return append(session, message).path("data").path(0).path("id").asText();
  }

  @Override
  public void stop(SessionId session) throws InterruptedException {
    append(session, Json.object().put("type", "user.interrupt"));
  }

  private JsonNode append(SessionId session, ObjectNode event) throws InterruptedException {
    ObjectNode body = Json.object();
    body.putArray("events").add(event);
    return server.post(path(session) + "/events", body);
  }

  @Override
  public Delivery files(SessionId session, Optional<Path> out) throws InterruptedException {
    server.get(path(session));
    return new RemoteFiles(server, session).deliver(out);
  }

  @Override
  public SessionId fork(SessionId session, Optional<EventId> at) {
    throw notRemote("fork copies a session's folder");
  }

  @Override
  public KeptSnapshot snapshot(SessionId session, Optional<Path> out) {
    throw notRemote("a snapshot is taken of a session's folder");
  }

  @Override
  public void restore(SessionId session, String snapshot) {
    throw notRemote("restore replaces a session's folder");
  }

  @Override
  public List<KeptSnapshot> snapshots(int limit) {
    throw notRemote("snapshots lie in the home");
  }

  @Override
  public void deleteSnapshot(String snapshot) {
    throw notRemote("snapshots lie in the home");
  }

  @Override
  public Replay.Report replay(SessionId session) {
    throw notRemote("replay reads the log itself");
  }

  @Override
  public Verification verify(SessionId session) {
    throw notRemote("verify reads the log itself");
  }

  @Override
  public void delete(SessionId session) throws InterruptedException {
    server.delete(path(session));
  }

  @Override
  public Pruned prune(PruneRule rule) {
    throw notRemote("prune works on the home itself");
  }

  private static RemoteException notRemote(String why) {
    return new RemoteException(
        ErrorCode.INVALID_REQUEST,
        why + ", which no server offers; unset PADDOCK_URL and run it where PADDOCK_HOME lies");
  }

  @Override
  public void close() {
    server.close();
  }
}
