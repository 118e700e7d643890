package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import dev.paddock.core.Json;
import dev.paddock.egress.AddressGuard;
import dev.paddock.egress.EgressException;
import dev.paddock.egress.EgressPolicy;
import dev.paddock.egress.EgressProxy;
import dev.paddock.egress.EgressService;
import dev.paddock.egress.PrivateHosts;
import dev.paddock.sandbox.LocalSandboxProvider;
import dev.paddock.sandbox.Manifest;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.Skipped;
import dev.paddock.sandbox.Snapshot;
import dev.paddock.sandbox.SnapshotLimits;
import dev.paddock.sandbox.Snapshots;
import dev.paddock.sandbox.TransferLimits;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import dev.paddock.sandbox.WorkspaceTransfer;
import dev.paddock.sandbox.spi.EgressSocket;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.store.Store;
import dev.paddock.store.Stores;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs commands in boxes for the test suites of others. A connection to the socket is one command:
 * a line of JSON {@code {workspace, command, hosts, carry, seconds, stdin}} is answered by a line
 * {@code {exit, stdout, stderr, killed}} with outputs in Base64; a connection that is closed before
 * ends the command. With {@code carry} the workspace is a copy, and what changed is carried out to
 * the folder; a file that is left out makes the command a failure. {@code {check: hosts}} asks
 * whether rules of hosts can be read; {@code read}, {@code write}, {@code pack} and {@code unpack}
 * are about the workspace's files.
 */
final class PeerBoxes implements AutoCloseable {
  private static final int MAX_OUTPUT = 4 << 20;

  /** Exit codes of what is refused before a command runs. */
  private static final int NOT_FOUND = 44;

  private static final int REFUSED = 43;

  private final LocalSandboxProvider boxes;
  private final EgressService egress;
  private final ServerSocketChannel server;
  private final Path socket;
  private final Path folder;
  private final Store store;
  private final Snapshots snapshots;

  /**
   * @param privateHosts names of this network's own servers
   */
  PeerBoxes(Path folder, String privateHosts) throws IOException {
    this.folder = folder;
    boxes = new LocalSandboxProvider(folder.resolve("boxes"));
    AddressGuard guard = new AddressGuard(PrivateHosts.parse(privateHosts), Set::of);
    egress = EgressService.start(folder.resolve("egress"), guard);
    store = Stores.open(Optional.empty(), folder, folder.resolve("files"));
    snapshots = new Snapshots(store.blobs(), folder.resolve("trees"), SnapshotLimits.DEFAULT);
    socket = folder.resolve("box.sock");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::accept);
  }

  Path socket() {
    return socket;
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        if (server.isOpen()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8));
      JsonNode request = Json.tree(in.readLine());
      Thread worker = Thread.currentThread();
      Thread.ofVirtual().start(() -> interruptWhenGone(in, worker));
      byte[] answer = Json.bytes(run(request));
      Channels.newOutputStream(client).write(answer);
    } catch (IOException | InterruptedException gone) {
      System.err.println("peers: a command was given up: " + gone);
    }
  }

  private static void interruptWhenGone(BufferedReader in, Thread worker) {
    try {
      if (in.read() < 0) {
        worker.interrupt();
      }
    } catch (IOException closed) {
      worker.interrupt();
    }
  }

  private ObjectNode run(JsonNode request) throws InterruptedException {
    if (request.has("check")) {
      try {
        EgressPolicy.of(texts(request.path("check")));
        return Json.object().put("exit", 0);
      } catch (EgressException e) {
        return Json.object().put("exit", 1).put("stderr", encoded(e.getMessage()));
      }
    }
    Path workspace = Path.of(request.path("workspace").asText());
    try {
      Optional<byte[]> bytes = file(request, workspace);
      if (bytes.isPresent()) {
        return Json.object().put("exit", 0).put("stdout", encoded(bytes.get()));
      }
      ExecRequest exec =
          ExecRequest.of(texts(request.path("command")).toArray(String[]::new))
              .withStdin(stdin(request))
              .withMaxOutputBytes(MAX_OUTPUT)
              .withTimeout(Duration.ofSeconds(request.path("seconds").asInt(60)));
      if (request.path("carry").asBoolean()) {
        return carry(workspace, exec);
      }
      List<String> hosts = texts(request.path("hosts"));
      SandboxSpec closed = SandboxSpec.of(workspace);
      if (hosts.isEmpty()) {
        return run(closed, exec);
      }
      try (EgressProxy proxy = egress.open(EgressPolicy.of(hosts), line -> {})) {
        return run(
            closed.withEgress(new EgressSocket(proxy.socket(), proxy.certificates())), exec);
      }
    } catch (SandboxException e) {
      int exit =
          switch (e.code()) {
            case NOT_FOUND -> NOT_FOUND;
            case PERMISSION_DENIED, INVALID_REQUEST -> REFUSED;
            default -> 1;
          };
      return Json.object().put("exit", exit).put("stderr", encoded(e.getMessage()));
    }
  }

  private static byte[] stdin(JsonNode request) {
    return Base64.getDecoder().decode(request.path("stdin").asText());
  }

  /** What is asked of the workspace's files rather than of a box. */
  private Optional<byte[]> file(JsonNode request, Path asked) {
    if (request.has("unpack")) {
      Snapshot taken = snapshots.take(new ByteArrayInputStream(Zstd.compress(stdin(request))));
      snapshots.restore(taken.digest(), asked);
      return Optional.of(new byte[0]);
    }
    if (!request.has("read") && !request.has("write") && !request.has("pack")) {
      return Optional.empty();
    }
    try (Workspace workspace = Workspace.open(asked, List.of())) {
      if (request.has("read")) {
        return Optional.of(workspace.read(request.path("read").asText(), MAX_OUTPUT));
      }
      if (request.has("write")) {
        workspace.write(request.path("write").asText(), stdin(request));
        return Optional.of(new byte[0]);
      }
      return Optional.of(pack(snapshots.take(workspace, texts(request.path("pack")))));
    }
  }

  private byte[] pack(Snapshot taken) {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    try {
      snapshots.export(taken.digest(), archive);
      return new ZstdInputStream(new ByteArrayInputStream(archive.toByteArray())).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectNode run(SandboxSpec spec, ExecRequest exec) throws InterruptedException {
    try (Sandbox sandbox = boxes.start(spec)) {
      ExecResult result = sandbox.exec(exec);
      return Json.object()
          .put("exit", result.exitCode())
          .put("stdout", encoded(result.stdoutText()))
          .put("stderr", encoded(result.stderrText()))
          .put("killed", result.killedBy().map(Object::toString).orElse(""));
    }
  }

  private ObjectNode carry(Path user, ExecRequest exec) throws InterruptedException {
    Path copy;
    try {
      copy = Files.createTempDirectory(folder, "copy");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (Workspace workspace = Workspace.open(copy, List.of())) {
      WorkspaceTransfer transfer = new WorkspaceTransfer(workspace, TransferLimits.DEFAULT);
      Manifest before = transfer.copyIn(user).manifest();
      ObjectNode answer = run(SandboxSpec.of(copy), exec);
      List<Skipped> leftOut =
          transfer.copyOut(transfer.changesSince(before), user, Optional.empty()).skipped();
      return leftOut.isEmpty()
          ? answer
          : answer.put("exit", 1).put("stderr", encoded(leftOut.toString()));
    } finally {
      WorkspaceRemoval.remove(copy);
    }
  }

  private static String encoded(String text) {
    return encoded(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  @Override
  public void close() throws IOException {
    server.close();
    egress.close();
    boxes.close();
    snapshots.close();
    store.close();
    Files.deleteIfExists(socket);
  }
}
