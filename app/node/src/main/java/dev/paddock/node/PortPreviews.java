package dev.paddock.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.Sha256;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.sandbox.spi.PortConnection;
import dev.paddock.store.Store;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The previews of sessions: ports of their sandboxes that people may open. A preview has an id,
 * which is in its host name and cannot be guessed, and a token, of which only the digest is stored.
 */
public final class PortPreviews {
  private static final String KIND = "preview";
  private static final Pattern ID = Pattern.compile("p[0-9a-z]{26}");
  private static final char[] LETTERS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MOST_OPEN = 32;
  private static final int MOST_KEPT = 200;

  /** The name of the token in a URL. */
  public static final String TOKEN = "paddock_token";

  public static final Duration LONGEST = Duration.ofDays(1);

  private final Store store;
  private final Clock clock;
  private final Ports ports;
  private volatile Optional<PreviewOrigin> origin = Optional.empty();

  /** Reaches ports of sandboxes that run in this process. */
  public interface Ports {
    /** Empty where the session has no sandbox here; the sandbox counts as used by it. */
    Optional<PortConnection> connect(SessionId session, int port) throws InterruptedException;

    void used(SessionId session);
  }

  public PortPreviews(Store store, Clock clock, Ports ports) {
    this.store = store;
    this.clock = clock;
    this.ports = ports;
  }

  /** What a preview has come to. */
  public enum State {
    OPEN,
    EXPIRED,
    REVOKED,
    /** Its session is no more, or has ended. */
    ENDED
  }

  /** What is known of a preview; never its token. */
  public record Known(
      String id, SessionId session, int port, Instant createdAt, Instant expiresAt, State state) {}

  /** A new preview; the URL has its token and is shown this once. */
  public record Opened(Known known, String url) {}

  /** Where previews are answered, in a process that answers them. */
  public void answeredAt(PreviewOrigin where) {
    origin = Optional.of(where);
  }

  public Opened open(SessionId session, int port, Duration life) {
    PreviewOrigin where =
        origin.orElseThrow(
            () ->
                new NodeException(
                    ErrorCode.CONFLICT,
                    "only a server shows ports of a sandbox; start: paddock serve"));
    if (port < 1 || port > 65_535) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST, "a port is a number from 1 to 65535, not " + port);
    }
    if (life.compareTo(Duration.ofMinutes(1)) < 0 || life.compareTo(LONGEST) > 0) {
      throw new NodeException(ErrorCode.INVALID_REQUEST, "a preview is open for 1 to 1440 minutes");
    }
    SessionRecord record =
        store.sessions().find(session).orElseThrow(() -> NodeException.goneSession(session));
    if (list(session).stream().filter(known -> known.state() == State.OPEN).count() >= MOST_OPEN) {
      throw new NodeException(
          ErrorCode.LIMIT_EXCEEDED,
          "%d previews of the session are open already; revoke one: paddock sessions previews %s"
              .formatted(MOST_OPEN, session));
    }
    String token = token();
    ObjectNode document = Json.object().put("session_id", session.value()).put("port", port);
    document.put("sha256", Sha256.hex(token));
    Instant expires = clock.instant().plus(life).truncatedTo(ChronoUnit.SECONDS);
    document.put("expires_at", expires.toString());
    Resource stored = store.resources().create(KIND, newId(), record.workspaceId(), document);
    Known known = known(stored, Optional.of(record));
    tell(known, "open");
    return new Opened(known, where.of(known.id()) + "/?" + TOKEN + "=" + token);
  }

  private static String newId() {
    byte[] random = new byte[26];
    RANDOM.nextBytes(random);
    StringBuilder id = new StringBuilder("p");
    for (byte each : random) {
      id.append(LETTERS[each & 31]);
    }
    return id.toString();
  }

  private static String token() {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  private void tell(Known known, String state) {
    SessionEvent event =
        new SessionEvent.PortPreview(
            EventId.next(), known.id(), known.port(), state, known.expiresAt().toString());
    store
        .sessions()
        .append(
            known.session(), Append.acknowledged(NewEvent.of(event)).with(Append.Durability.TURN));
  }

  /** Of a session, newest first. */
  public List<Known> list(SessionId session) {
    Optional<SessionRecord> record = store.sessions().find(session);
    return resources(session).stream().map(stored -> known(stored, record)).toList();
  }

  private List<Resource> resources(SessionId session) {
    return store
        .resources()
        .list(ResourceFilter.newest(KIND, MOST_KEPT).withMatching("session_id", session.value()));
  }

  public Optional<Known> find(String id) {
    return stored(id).map(stored -> known(stored, store.sessions().find(session(stored))));
  }

  private Optional<Resource> stored(String id) {
    return ID.matcher(id).matches() ? store.resources().find(KIND, id) : Optional.empty();
  }

  /** Whether a token opens a preview; takes as long whichever it is. */
  public boolean opens(String id, String token) {
    return stored(id)
        .map(
            stored ->
                MessageDigest.isEqual(
                    HexFormat.of().parseHex(stored.document().path("sha256").asText()),
                    Sha256.of(token)))
        .orElse(false);
  }

  /** Ends a preview at once, on every node. Empty where the session has none such. */
  public Optional<Known> revoke(SessionId session, String id) {
    Optional<Resource> stored = stored(id).filter(found -> session(found).equals(session));
    return stored.map(
        found -> {
          Optional<SessionRecord> record = store.sessions().find(session);
          if (found.document().has("revoked_at")) {
            return known(found, record);
          }
          ObjectNode document = found.document().deepCopy();
          document.put("revoked_at", clock.instant().toString());
          Known revoked =
              known(store.resources().update(KIND, id, found.version(), document), record);
          if (record.isPresent()) {
            tell(revoked, "revoked");
          }
          return revoked;
        });
  }

  /** Ends all previews of a session. */
  public void end(SessionId session) {
    list(session).stream()
        .filter(known -> known.state() == State.OPEN)
        .forEach(known -> revoke(session, known.id()));
  }

  /** Forgets the previews of a session that is deleted. */
  void forget(SessionId session) {
    for (Resource stored : resources(session)) {
      store.resources().delete(KIND, stored.id());
    }
  }

  /** Empty where the session has no sandbox in this process. */
  public Optional<PortConnection> connect(Known preview) throws InterruptedException {
    return ports.connect(preview.session(), preview.port());
  }

  /** Requests still flow. */
  public void used(Known preview) {
    ports.used(preview.session());
  }

  public Optional<PreviewOrigin> origin() {
    return origin;
  }

  private static SessionId session(Resource stored) {
    return new SessionId(stored.document().path("session_id").asText());
  }

  private Known known(Resource stored, Optional<SessionRecord> record) {
    JsonNode document = stored.document();
    Instant expires = Instant.parse(document.path("expires_at").asText());
    State state = State.OPEN;
    if (document.has("revoked_at")) {
      state = State.REVOKED;
    } else if (!clock.instant().isBefore(expires)) {
      state = State.EXPIRED;
    } else if (record.filter(it -> it.status() != SessionStatus.TERMINATED).isEmpty()) {
      state = State.ENDED;
    }
    return new Known(
        stored.id(),
        session(stored),
        document.path("port").asInt(),
        stored.createdAt(),
        expires,
        state);
  }
}
