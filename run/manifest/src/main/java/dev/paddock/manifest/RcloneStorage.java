package dev.paddock.manifest;

import dev.paddock.core.ErrorCode;
import dev.paddock.egress.EgressLimits;
import dev.paddock.egress.EgressPolicy;
import dev.paddock.egress.EgressProxy;
import dev.paddock.egress.EgressRecord;
import dev.paddock.egress.EgressRule;
import dev.paddock.egress.EgressService;
import dev.paddock.egress.Host;
import dev.paddock.egress.HostPattern;
import dev.paddock.sandbox.spi.EgressSocket;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Copies files of storage services by {@code rclone}, in a box of its own: it sees an empty folder
 * and a proxy that leads to the service alone, whatever the service answers. Its credentials stand
 * in no argument and no file.
 */
public final class RcloneStorage implements Sources.Bucket {
  private static final String PROGRAM = "/mnt/rclone/rclone";
  private static final String REMOTE = "source";

  /** Takes the settings from its input, as the environment is not for secrets. */
  private static final String SETTINGS =
      "while IFS= read -r line; do export \"$line\"; done; exec \"$@\" </dev/null";

  /** No host goes without the proxy; its S3 client cannot read a bundle of certificates itself. */
  private static final Map<String, String> PROXIED =
      Map.of("NO_PROXY", "", "no_proxy", "", "AWS_CA_BUNDLE", "");

  private static final int MAX_LISTING = 64 << 20;
  private static final long BLOCK = 4096;
  private static final long SPARE = 64L << 20;
  private static final int REQUESTS_PER_MINUTE = 1_000_000;
  private static final int MAX_SAID = 300;

  private final Supply supply;
  private final StorageSecrets secrets;
  private final StorageLimits limits;
  private final Consumer<String> progress;

  /**
   * What it works with.
   *
   * @param program where {@code rclone} is on this machine, if it is there
   * @param boxes of this machine, which show its programs
   */
  public record Supply(Optional<Path> program, SandboxProvider boxes, EgressService egress) {
    /**
     * @param path as the variable {@code PATH} has it
     */
    public static Optional<Path> onPath(String path) {
      return Stream.of(path.split(":"))
          .filter(folder -> !folder.isEmpty())
          .map(folder -> Path.of(folder, "rclone"))
          .filter(Files::isExecutable)
          .map(Path::toAbsolutePath)
          .findFirst();
    }
  }

  /**
   * @param progress is told in words what goes on
   */
  public RcloneStorage(
      Supply supply, StorageSecrets secrets, StorageLimits limits, Consumer<String> progress) {
    this.supply = supply;
    this.secrets = secrets;
    this.limits = limits;
    this.progress = progress;
  }

  @Override
  public void copy(PlacedEntry placed, Entry.Mount mount, Path folder) throws InterruptedException {
    List<Host> hosts = hosts(StorageRemote.of(placed, mount, any -> Optional.of("x")));
    StorageRemote remote = StorageRemote.of(placed, mount, name -> secrets.find(name, hosts));
    Path work = folder.resolveSibling("box");
    try {
      Files.createDirectory(
          work, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      StorageListing listing = copy(placed.field(), remote, work);
      finish(placed.field(), mount, listing.sizes(), work);
      Files.move(work.resolve("files"), folder);
    } catch (IOException e) {
      throw new ManifestException(
          ErrorCode.UNAVAILABLE, "%s: cannot use %s".formatted(placed.field(), work), e);
    }
  }

  /** What a secret must be for; of a wildcard, any name below it. */
  private static List<Host> hosts(StorageRemote remote) {
    List<Host> hosts = new ArrayList<>();
    for (String rule : remote.hosts()) {
      HostPattern pattern = EgressRule.parse(rule).host();
      hosts.add(Host.parse(pattern.text().replace("*", "any")));
    }
    return hosts;
  }

  private StorageListing copy(String field, StorageRemote remote, Path work)
      throws InterruptedException {
    Path program =
        supply
            .program()
            .orElseThrow(
                () ->
                    new ManifestException(
                        ErrorCode.PART_MISSING,
                        field
                            + ": storage is read by rclone, which is not installed. Fix: apt-get install rclone"));
    AtomicReference<String> refusal = new AtomicReference<>("");
    EgressLimits usual = EgressLimits.DEFAULT.withRequestsPerMinute(REQUESTS_PER_MINUTE);
    try (EgressProxy proxy =
            supply
                .egress()
                .open(
                    EgressPolicy.of(remote.hosts()),
                    usual,
                    record -> note(record, refusal),
                    target -> CompletableFuture.completedFuture(false));
        Sandbox box = supply.boxes().start(spec(work, program, proxy))) {
      Run run =
          new Run(field, remote, box, refusal, System.nanoTime() + limits.maxTime().toNanos());
      String from = REMOTE + ":" + remote.path();
      StorageListing listing =
          StorageListing.read(
              field,
              run.run(
                  List.of("lsjson", "-R", "--files-only", "--no-modtime", "--no-mimetype", from)),
              limits);
      progress.accept(
          "%s: copying %,d bytes in files: %,d"
              .formatted(field, listing.bytes(), listing.sizes().size()));
      run.run(List.of("copy", "--transfers=8", "--checkers=8", from, "/workspace/files"));
      progress.accept("%s: copied".formatted(field));
      return listing;
    }
  }

  private static void note(EgressRecord record, AtomicReference<String> refusal) {
    if (record.verdict() == EgressRecord.Verdict.DENIED) {
      record.reason().ifPresent(refusal::set);
    }
  }

  private SandboxSpec spec(Path work, Path program, EgressProxy proxy) {
    long room = limits.maxBytes() + limits.maxFiles() * BLOCK + SPARE;
    Limits allowed =
        Limits.DEFAULT
            .withWorkspaceBytes(room)
            .withFileSizeBytes(Math.max(limits.maxBytes(), SPARE))
            .withWallTime(limits.maxTime());
    return SandboxSpec.of(work)
        .withMounts(List.of(new ReadOnlyMount(program, PROGRAM)))
        .withEnvironment(PROXIED)
        .withLimits(allowed)
        .withEgress(new EgressSocket(proxy.socket(), proxy.certificates()));
  }

  /** The commands of one copy, which have its time together. */
  private record Run(
      String field,
      StorageRemote remote,
      Sandbox box,
      AtomicReference<String> refusal,
      long deadline) {
    private static final List<String> FLAGS =
        List.of(
            "--config=",
            "--log-level=ERROR",
            "--retries=2",
            "--low-level-retries=3",
            "--contimeout=15s",
            "--timeout=60s",
            "--multi-thread-streams=0");

    String run(List<String> arguments) throws InterruptedException {
      List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SETTINGS, "sh", PROGRAM));
      command.addAll(FLAGS);
      command.addAll(arguments);
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      ExecResult result =
          box.exec(new ExecRequest(command, Optional.of(settings()), left, MAX_LISTING));
      if (result.killedBy().isPresent()) {
        throw new ManifestException(
            ErrorCode.LIMIT_EXCEEDED, field + ": " + lastLine(result.stderrText()));
      }
      if (result.exitCode() != 0) {
        throw new ManifestException(ErrorCode.UNAVAILABLE, field + ": " + why(result));
      }
      if (result.stdoutTruncated()) {
        throw new ManifestException(
            ErrorCode.LIMIT_EXCEEDED, field + ": the list of its files is too long");
      }
      return result.stdoutText();
    }

    private byte[] settings() {
      StringBuilder lines = new StringBuilder();
      remote
          .settings()
          .forEach(
              (name, value) ->
                  lines
                      .append(
                          "RCLONE_CONFIG_%s_%s=".formatted(REMOTE, name).toUpperCase(Locale.ROOT))
                      .append(value)
                      .append('\n'));
      return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The proxy's own reason is better than that of who met it. */
    private String why(ExecResult result) {
      String said = refusal.get().isEmpty() ? lastLine(result.stderrText()) : refusal.get();
      for (String hidden : remote.hidden()) {
        said = said.replace(hidden, "…");
      }
      return said;
    }

    private static String lastLine(String said) {
      List<String> lines = said.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
      String last = lines.isEmpty() ? "rclone gave no reason" : lines.getLast();
      String plain = last.replaceFirst("^[0-9/]+ [0-9:]+ ", "").replaceAll("\\p{Cntrl}", " ");
      return plain.length() > MAX_SAID ? plain.substring(0, MAX_SAID) + "…" : plain;
    }
  }

  /** What came must be what was listed, and nothing else than files. */
  private static void finish(String field, Entry.Mount mount, Map<String, Long> listed, Path work)
      throws IOException {
    Path files = Files.createDirectories(work.resolve("files"));
    String mode = mount.readOnly() ? "r--r--r--" : "rw-r--r--";
    Set<String> missing = new HashSet<>(listed.keySet());
    Files.walkFileTree(
        files,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes found)
              throws IOException {
            String path = files.relativize(file).toString();
            Long size = listed.get(path);
            if (!found.isRegularFile() || size == null || size != found.size()) {
              throw changed(field, path);
            }
            missing.remove(path);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            return FileVisitResult.CONTINUE;
          }
        });
    if (!missing.isEmpty()) {
      throw changed(field, missing.iterator().next());
    }
  }

  private static ManifestException changed(String field, String path) {
    return new ManifestException(
        ErrorCode.UNAVAILABLE,
        "%s: \"%s\" did not come as it was listed; it may have changed meanwhile, try again"
            .formatted(field, Fields.shown(path)));
  }
}
