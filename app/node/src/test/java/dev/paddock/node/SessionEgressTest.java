package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.HostRule;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.Permission;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.Subscription;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way out of a session's box, asked as the box's bridge asks. */
class SessionEgressTest {
  @TempDir private Path folder;
  private Node node;
  private Sessions sessions;
  private SessionId session;
  private SessionEgress egress;
  private SandboxSpec plain;

  @BeforeEach
  void open() throws IOException {
    node = Node.open(Map.of("PADDOCK_HOME", folder.resolve("home").toString()));
    sessions = node.store().sessions();
    session = SessionId.next();
    plain = SandboxSpec.of(folder);
    egress = new SessionEgress(node, session, asked -> {});
  }

  @AfterEach
  void close() {
    egress.close();
    node.close();
  }

  private ObjectNode document(EnvironmentRule environment) throws IOException {
    ObjectNode document = TestingAgent.document(folder);
    document.withObjectProperty("agent").set("environment", Json.tree(environment));
    return document;
  }

  private void create(EnvironmentRule environment) throws IOException {
    sessions.create(new NewSession(session, WorkspaceId.DEFAULT, document(environment), List.of()));
  }

  private void change(EnvironmentRule environment) throws IOException {
    sessions.append(
        session,
        Append.acknowledged(
                NewEvent.of(new SessionEvent.SessionUpdated(EventId.next(), Json.object())))
            .withDocument(document(environment)));
  }

  private SessionRecord record() {
    return sessions.find(session).orElseThrow();
  }

  private List<SessionEvent.EgressRequest> requests() {
    return sessions.readAll(session).stream()
        .map(entry -> entry.event())
        .filter(SessionEvent.EgressRequest.class::isInstance)
        .map(SessionEvent.EgressRequest.class::cast)
        .toList();
  }

  /** The whole answer to a request for a host. */
  private static String ask(SandboxSpec spec, String host) throws IOException {
    UnixDomainSocketAddress socket =
        UnixDomainSocketAddress.of(spec.egress().orElseThrow().socket());
    try (SocketChannel channel = SocketChannel.open(socket)) {
      String request = "GET http://%1$s/a?b=c HTTP/1.1\r\nHost: %1$s\r\n\r\n".formatted(host);
      Channels.newOutputStream(channel).write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aRefusalStandsInTheLogBeforeTheBoxHearsOfIt() throws IOException {
    create(EnvironmentRule.of(List.of("allowed.invalid")));
    SandboxSpec spec = egress.into(plain);
    assertThat(ask(spec, "denied.invalid")).startsWith("HTTP/1.1 403").contains("add");
    assertThat(requests())
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.host()).isEqualTo("denied.invalid");
              assertThat(request.path()).as("without the query").isEqualTo("/a");
              assertThat(request.verdict()).isEqualTo("denied");
              assertThat(request.denial()).contains("host");
              assertThat(request.status()).isEqualTo(403);
            });
    assertThat(egress.refused()).isEqualTo(1);
    assertThat(egress.reasonsSince(0)).singleElement().asString().contains("denied.invalid");
    assertThat(egress.reasonsSince(1)).isEmpty();
    assertThat(sessions.unfinished(9)).as("nobody has to go on because of it").isEmpty();
  }

  @Test
  void withoutALogNothingIsReachedAndTheBoxIsMadeAnew() throws IOException {
    create(EnvironmentRule.of(List.of("allowed.invalid")));
    SandboxSpec spec = egress.into(plain);
    SessionRecord record = record();
    assertThat(egress.outdated(record)).isFalse();
    sessions.delete(session);
    assertThat(ask(spec, "denied.invalid")).isEmpty();
    assertThat(egress.outdated(record)).isTrue();
    assertThat(egress.reasonsSince(0)).last().asString().contains("the log cannot be written");
  }

  @Test
  void aBoxWithoutABridgeIsMadeAnewOnceHostsAreNamed() throws IOException {
    create(EnvironmentRule.NONE);
    assertThat(egress.into(plain).egress()).isEmpty();
    assertThat(egress.outdated(record())).isFalse();
    assertThat(folder.resolve("home/egress")).as("no proxy was started").doesNotExist();
    change(EnvironmentRule.of(List.of("allowed.invalid")));
    assertThat(egress.outdated(record())).isTrue();
  }

  @Test
  void theDocumentIsFollowedWhileTheBoxRuns() throws IOException {
    create(EnvironmentRule.of(List.of("first.invalid")));
    SandboxSpec spec = egress.into(plain);
    assertThat(ask(spec, "first.invalid")).as("no such host").startsWith("HTTP/1.1 502");
    change(EnvironmentRule.of(List.of("second.invalid")));
    long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!ask(spec, "first.invalid").startsWith("HTTP/1.1 403")) {
      assertThat(System.nanoTime()).isLessThan(until);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    assertThat(ask(spec, "second.invalid")).startsWith("HTTP/1.1 502");
    change(new EnvironmentRule(List.of(HostRule.of("*.com")), false, EnvironmentRule.Limits.NONE));
    egress.use(session);
    assertThat(ask(spec, "second.invalid")).as("what cannot be held").startsWith("HTTP/1.1 403");
    assertThat(egress.reasonsSince(0)).anyMatch(reason -> reason.contains("*.com"));
  }

  @Test
  void anAnswerInTheLogLetsTheRequestGoOn() throws IOException, InterruptedException {
    create(new EnvironmentRule(List.of(), true, EnvironmentRule.Limits.NONE));
    SandboxSpec spec = egress.into(plain);
    Thread person = Thread.ofVirtual().start(this::allow);
    assertThat(ask(spec, "asked.invalid")).as("no such host").startsWith("HTTP/1.1 502");
    person.join();
    assertThat(requests())
        .singleElement()
        .extracting(SessionEvent.EgressRequest::rule)
        .isEqualTo(Optional.of("approved"));
  }

  /** Answers the first question with yes. */
  private void allow() {
    try (Subscription log = sessions.subscribe(session, 0)) {
      SessionEvent question = log.next(1, Duration.ofMinutes(1)).getFirst().event();
      sessions.append(
          session,
          Append.acknowledged(
              NewEvent.from(
                  Principal.localUser(),
                  new SessionEvent.UserToolConfirmation(
                      EventId.next(), question.id(), Permission.ALLOW, Optional.empty()))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void nothingIsLeftOfAClosedOne() throws IOException {
    create(EnvironmentRule.of(List.of("allowed.invalid")));
    Path socket = egress.into(plain).egress().orElseThrow().socket();
    assertThat(socket).exists();
    egress.close();
    assertThat(socket.getParent()).doesNotExist();
    node.close();
    assertThat(folder.resolve("home/egress")).isEmptyDirectory();
  }
}
