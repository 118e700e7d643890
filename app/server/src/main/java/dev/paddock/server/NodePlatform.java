package dev.paddock.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.Preview;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Resources;
import dev.paddock.core.spi.Sessions;
import dev.paddock.core.spi.WorkspaceFiles;
import dev.paddock.node.Node;
import dev.paddock.node.SessionRunner;
import dev.paddock.provider.Models;
import dev.paddock.provider.Prices;
import dev.paddock.server.spi.ModelCalls;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.PortPreviews;
import dev.paddock.server.spi.Previews;
import dev.paddock.server.spi.Runner;
import dev.paddock.server.spi.Secrets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What dialects work on, taken from the node of this process. */
public final class NodePlatform implements Platform, Runner, Previews {
  private final Node node;
  private final SessionRunner sessions;
  private final ModelCalls modelCalls = new RetryingModelCalls();
  private final Secrets secrets;

  public NodePlatform(Node node, SessionRunner sessions) {
    this.node = node;
    this.sessions = sessions;
    this.secrets = KeyFileSecrets.open(node.home().root().resolve("secrets-key"));
    node.openSecretsWith(secrets::open);
  }

  @Override
  public Sessions sessions() {
    return node.store().sessions();
  }

  @Override
  public Resources resources() {
    return node.store().resources();
  }

  @Override
  public Blobs blobs() {
    return node.store().blobs();
  }

  @Override
  public Models models() {
    return node.models();
  }

  @Override
  public Prices prices() {
    return node.prices();
  }

  @Override
  public ModelCalls modelCalls() {
    return modelCalls;
  }

  @Override
  public Runner runner() {
    return this;
  }

  @Override
  public Previews previews() {
    return this;
  }

  @Override
  public PortPreviews portPreviews() {
    return new NodePortPreviews(node);
  }

  @Override
  public Clock clock() {
    return Clock.systemUTC();
  }

  @Override
  public Secrets secrets() {
    return secrets;
  }

  @Override
  public List<String> packageHosts() {
    return node.settings().packageHosts();
  }

  @Override
  public ObjectNode manifest(JsonNode sent) {
    return node.acceptManifest(sent);
  }

  @Override
  public Optional<String> defaultModel() {
    return node.defaultModel();
  }

  @Override
  public void wake(SessionId id) {
    sessions.wake(id);
  }

  @Override
  public boolean stop(SessionId id, Duration wait) throws InterruptedException {
    return sessions.stop(id, wait);
  }

  @Override
  public void delete(SessionId id) throws InterruptedException {
    sessions.delete(id);
  }

  @Override
  public void deleteWorkspace(String workspace) {
    sessions.deleteWorkspace(workspace);
  }

  @Override
  public WorkspaceFiles workspaceFiles(String workspace) {
    return sessions.workspaceFiles(workspace);
  }

  @Override
  public Listening listen(SessionId session, Consumer<Preview> listener) {
    return sessions.listen(session, listener)::run;
  }
}
