package dev.paddock.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.SessionDocument;
import dev.paddock.agent.TurnListener;
import dev.paddock.core.ErrorCode;
import dev.paddock.egress.AddressGuard;
import dev.paddock.egress.EgressSecret;
import dev.paddock.egress.EgressService;
import dev.paddock.egress.Host;
import dev.paddock.egress.PrivateHosts;
import dev.paddock.provider.Models;
import dev.paddock.provider.Prices;
import dev.paddock.provider.Providers;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.sandbox.LocalSandboxProvider;
import dev.paddock.sandbox.SnapshotLimits;
import dev.paddock.sandbox.Snapshots;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.store.Store;
import dev.paddock.store.Stores;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Store, models, sandboxes and the loop of one home, each made when it is first asked for, so that
 * a command pays only for what it uses.
 */
public final class Node implements AutoCloseable {
  private final Map<String, String> environment;
  private final Home home;
  private final Settings settings;
  private Duration leaseTtl = Duration.ofSeconds(30);
  private Optional<BinaryOperator<String>> secrets = Optional.empty();
  private volatile Set<InetSocketAddress> listening = Set.of();
  private @Nullable Store store;
  private @Nullable Models models;
  private @Nullable LocalModelFactory localModels;
  private @Nullable Prices prices;
  private @Nullable EgressService egress;
  private @Nullable WebSearch search;
  private Optional<String> place = Optional.empty();
  private @Nullable SandboxProvider sandboxes;
  private @Nullable SandboxProvider machineBoxes;
  private @Nullable Snapshots trees;
  private @Nullable SessionLoop loop;
  private @Nullable Tasks tasks;
  private @Nullable PortPreviews previews;

  private Node(Map<String, String> environment, Home home, Settings settings) {
    this.environment = environment;
    this.home = home;
    this.settings = settings;
  }

  /** Reads the settings of the home that {@code environment} names. */
  public static Node open(Map<String, String> environment) {
    Home home = Home.of(environment);
    return new Node(environment, home, Settings.read(home.config()));
  }

  /**
   * How long a session waits for a node that died without a trace; before anything is asked of this
   * one.
   */
  public synchronized void setLeaseTtl(Duration ttl) {
    leaseTtl = ttl;
  }

  Map<String, String> environment() {
    return environment;
  }

  public Home home() {
    return home;
  }

  public Settings settings() {
    return settings;
  }

  public synchronized Store store() {
    if (store == null) {
      home.create();
      store =
          Stores.open(
              Optional.ofNullable(environment.get("PADDOCK_DATABASE_URL"))
                  .filter(url -> !url.isBlank()),
              home.root(),
              home.files());
    }
    return store;
  }

  public synchronized LocalModelFactory localModels() {
    if (localModels == null) {
      localModels = new LocalModelFactory(home.cache(), environment);
    }
    return localModels;
  }

  public synchronized Models models() {
    if (models == null) {
      List<ModelFactory> factories = new ArrayList<>();
      factories.add(localModels());
      factories.addAll(Providers.from(environment));
      models = new Models(factories, settings.models());
    }
    return models;
  }

  /** The model of an agent that names none: {@code PADDOCK_MODEL}, else the embedded one. */
  public Optional<String> defaultModel() {
    return Optional.ofNullable(environment.get("PADDOCK_MODEL")).filter(ref -> !ref.isBlank());
  }

  public synchronized Prices prices() {
    if (prices == null) {
      prices = new Prices(settings.prices());
    }
    return prices;
  }

  /**
   * Where agents' commands run, instead of where the settings say; before anything is asked of this
   * node.
   */
  public synchronized void setPlace(String name) {
    if (!SandboxPlaces.names().contains(name)) {
      throw new NodeException(ErrorCode.INVALID_REQUEST, SandboxPlaces.unknown(name));
    }
    place = Optional.of(name);
  }

  synchronized String place() {
    return place.or(settings.sandbox()::place).orElse(SandboxPlaces.LOCAL);
  }

  public synchronized SandboxProvider sandboxes() {
    if (sandboxes == null) {
      home.create();
      sandboxes = open(place());
    }
    return sandboxes;
  }

  /** Workspaces as archives in the store. */
  synchronized Snapshots trees() {
    if (trees == null) {
      home.create();
      trees = new Snapshots(store().blobs(), home.restoring(), SnapshotLimits.DEFAULT);
    }
    return trees;
  }

  /** Snapshots of sessions. */
  public SessionSnapshots snapshots() {
    return loop().snapshots();
  }

  /** Ports of sandboxes that people may open. */
  public synchronized PortPreviews previews() {
    if (previews == null) {
      previews = new PortPreviews(store(), Clock.systemUTC(), loop().ports());
    }
    return previews;
  }

  /** The proxies of this process's boxes. */
  synchronized EgressService egress() {
    if (egress == null) {
      home.create();
      egress = EgressService.start(home.egress(), guard());
    }
    return egress;
  }

  /** Where sessions search the web. */
  synchronized WebSearch search() {
    if (search == null) {
      search = new WebSearch(settings.webSearch(), environment, this::egress);
    }
    return search;
  }

  /** Removes what killed processes of this home left, and says so, a line each. */
  public void cleanUp(Consumer<String> said) {
    int boxes = LocalSandboxProvider.sweep(home.sandboxes());
    if (boxes > 0) {
      said.accept(
          "ended the sandboxes of %d killed process%s and removed what they left"
              .formatted(boxes, boxes == 1 ? "" : "es"));
    }
    int restores = Snapshots.sweep(home.restoring());
    if (restores > 0) {
      said.accept(
          "removed workspaces that %d killed process%s had not brought back whole"
              .formatted(restores, restores == 1 ? "" : "es"));
    }
    int proxies = EgressService.sweep(home.egress());
    if (proxies > 0) {
      said.accept(
          "removed the egress proxies' sockets of %d killed process%s"
              .formatted(proxies, proxies == 1 ? "" : "es"));
    }
  }

  /** Boxes that show this machine's programs, whatever place agents run in. */
  synchronized SandboxProvider machineBoxes() {
    if (place().equals(SandboxPlaces.LOCAL)) {
      return sandboxes();
    }
    if (machineBoxes == null) {
      home.create();
      machineBoxes = open(SandboxPlaces.LOCAL);
    }
    return machineBoxes;
  }

  /** What workspaces are made from; also says what of a manifest cannot be had here. */
  Manifests manifests() {
    return new Manifests(this);
  }

  /**
   * A manifest that a client sent, as a session's document keeps it.
   *
   * @throws dev.paddock.manifest.ManifestException that begins with the field that is wrong
   */
  public ObjectNode acceptManifest(JsonNode sent) {
    return manifests().accept(sent, false);
  }

  /** A place of this home; the caller closes it. */
  SandboxProvider open(String name) {
    return SandboxPlaces.open(name, home, environment, settings.sandbox());
  }

  public synchronized Tasks tasks() {
    if (tasks == null) {
      tasks = new Tasks(this, loop());
    }
    return tasks;
  }

  synchronized SessionLoop loop() {
    if (loop == null) {
      loop = new SessionLoop(this, leaseTtl);
    }
    return loop;
  }

  /** What opens secrets that the server sealed, by the sealed text and what it belongs to. */
  public synchronized void openSecretsWith(BinaryOperator<String> opener) {
    secrets = Optional.of(opener);
  }

  /** The token of a repository, where a client gave one. */
  synchronized Optional<String> repositoryToken(String id) {
    return store()
        .resources()
        .find("repository_token", id)
        .map(token -> opened(token.document().path("sealed").asText(), id));
  }

  private synchronized String opened(String sealed, String owner) {
    return secrets
        .orElseThrow(
            () ->
                new NodeException(
                    ErrorCode.PART_MISSING,
                    "the secret of %s is sealed and only the server opens it; start: paddock serve"
                        .formatted(owner)))
        .apply(sealed, owner);
  }

  /** What stands behind a session's placeholders. */
  List<EgressSecret> secrets(SessionDocument document, EnvironmentRule environment) {
    return document.secrets().isEmpty()
        ? List.of()
        : new VaultSecrets(store().resources(), this::opened).of(document, environment);
  }

  /** The secret that a session's vaults have under a name, if it is for these hosts. */
  Optional<String> vaultSecret(SessionDocument document, String name, List<Host> hosts) {
    return new VaultSecrets(store().resources(), this::opened).value(document, name, hosts);
  }

  /** Which addresses may be dialled on behalf of an agent. */
  AddressGuard guard() {
    return new AddressGuard(
        PrivateHosts.parse(environment.getOrDefault("PADDOCK_PRIVATE_HOSTS", "")), () -> listening);
  }

  /** Where this Paddock listens, which no agent may make it dial. */
  public void listensAt(Set<InetSocketAddress> addresses) {
    listening = Set.copyOf(addresses);
  }

  @Override
  public synchronized void close() {
    if (loop != null) {
      loop.close();
    }
    if (sandboxes != null) {
      sandboxes.close();
    }
    if (search != null) {
      search.close();
    }
    if (machineBoxes != null) {
      machineBoxes.close();
    }
    if (egress != null) {
      egress.close();
    }
    if (trees != null) {
      trees.close();
    }
    if (models != null) {
      models.close();
    }
    if (store != null) {
      store.close();
    }
  }

  /** What shows a session while it runs. */
  public void listen(TurnListener listener) {
    tasks().listen(listener);
  }
}
