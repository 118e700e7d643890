package dev.paddock.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.core.ErrorCode;
import dev.paddock.egress.AddressGuard;
import dev.paddock.egress.EgressService;
import dev.paddock.egress.PrivateHosts;
import dev.paddock.sandbox.LocalSandboxProvider;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.spi.Readiness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RcloneStorageTest {
  private static final String SECRET = "a-very-secret-key";

  @TempDir private Path root;
  private final List<String> progress = new ArrayList<>();
  private LocalSandboxProvider boxes = new LocalSandboxProvider(Path.of("unused"));
  private Optional<EgressService> egress = Optional.empty();
  private Path target = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    boxes = new LocalSandboxProvider(root.resolve("boxes"));
    Readiness readiness = boxes.egressReadiness();
    assumeTrue(readiness.ready(), readiness.missing().toString());
    assumeTrue(program().isPresent(), "rclone is not installed; fix: apt-get install rclone");
    target = Files.createDirectory(root.resolve("workspace"));
  }

  @AfterEach
  void end() {
    egress.ifPresent(EgressService::close);
    boxes.close();
  }

  private static Optional<Path> program() {
    return RcloneStorage.Supply.onPath(System.getenv().getOrDefault("PATH", ""));
  }

  private static String mount(int port, String more) {
    return """
        {"entries":{"in/data":{"type":"s3_mount","bucket":"files","s3_provider":"Other",
          "region":"us-east-1","access_key_id":"key","secret_access_key":"secret:store",
          "endpoint_url":"http://127.0.0.1:%d"%s,
          "mount_strategy":{"type":"in_container","pattern":{"type":"rclone"}}}}}
        """
        .formatted(port, more);
  }

  private void apply(String json, String privateHosts, StorageLimits limits)
      throws InterruptedException {
    egress.ifPresent(EgressService::close);
    EgressService service =
        EgressService.start(
            root.resolve("e"), new AddressGuard(PrivateHosts.parse(privateHosts), Set::of));
    egress = Optional.of(service);
    StorageSecrets secrets =
        (name, hosts) ->
            name.equals("store") && hosts.stream().allMatch(h -> h.text().equals("127.0.0.1"))
                ? Optional.of(SECRET)
                : Optional.empty();
    RcloneStorage storage =
        new RcloneStorage(
            new RcloneStorage.Supply(program(), boxes, service), secrets, limits, progress::add);
    Sources sources =
        new Sources(
            Optional.empty(),
            (placed, repo, folder) -> {
              throw new AssertionError("no repository is named");
            },
            storage);
    WorkspaceManifest manifest = ManifestReader.read(json);
    new ManifestCheck(manifest, List.of()).require(false);
    try (Workspace workspace = Workspace.open(target, List.of())) {
      new ManifestApplication(manifest, sources).apply(workspace, root.resolve("staging"), false);
    }
  }

  private void refused(TestingBucket bucket, ErrorCode code, String message) {
    refused(bucket, StorageLimits.DEFAULT, code, message);
  }

  private void refused(TestingBucket bucket, StorageLimits limits, ErrorCode code, String message) {
    String host = "127.0.0.1:" + bucket.port();
    assertThatThrownBy(() -> apply(mount(bucket.port(), ""), host, limits))
        .isInstanceOfSatisfying(
            ManifestException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .hasMessageStartingWith("entries.\"in/data\"")
        .hasMessageContaining(message)
        .hasMessageNotContaining(SECRET);
    assertThat(target).isEmptyDirectory();
    assertThat(root.resolve("staging")).doesNotExist();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(target)) {
      return all.filter(Files::isRegularFile)
          .map(path -> target.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void aBucketIsCopiedIn() throws IOException, InterruptedException {
    assumeTrue(TestingMoto.missing().isEmpty(), TestingMoto.missing().orElse(""));
    try (TestingMoto moto = new TestingMoto()) {
      moto.bucket("files");
      moto.put("files", "p/one.txt", "one".getBytes(StandardCharsets.UTF_8));
      moto.put("files", "p/deep/ü b.bin", new byte[300_000]);
      moto.put("files", "p/empty", new byte[0]);
      moto.put("files", "p/folder/", new byte[0]);
      moto.put("files", "other", new byte[1]);
      String host = "127.0.0.1:" + moto.port();
      apply(mount(moto.port(), ",\"prefix\":\"p\""), host, StorageLimits.DEFAULT);
      assertThat(files())
          .containsExactly("in/data/deep/ü b.bin", "in/data/empty", "in/data/one.txt");
      assertThat(target.resolve("in/data/one.txt")).hasContent("one");
      assertThat(Files.getPosixFilePermissions(target.resolve("in/data/one.txt")).toString())
          .doesNotContain("WRITE");
      assertThat(progress)
          .containsExactly(
              "entries.\"in/data\": copying 300,003 bytes in files: 3",
              "entries.\"in/data\": copied");
    }
  }

  @Test
  void otherServicesThatSpeakS3AreCopiedInTheSameWay() throws IOException, InterruptedException {
    assumeTrue(TestingMoto.missing().isEmpty(), TestingMoto.missing().orElse(""));
    try (TestingMoto moto = new TestingMoto()) {
      moto.bucket("files");
      moto.put("files", "x", "x".getBytes(StandardCharsets.UTF_8));
      String strategy =
          "\"mount_strategy\":{\"type\":\"in_container\",\"pattern\":{\"type\":\"rclone\"}}";
      apply(
          """
          {"entries":{
            "gcs":{"type":"gcs_mount","bucket":"files","access_id":"k","region":"us-east-1",
              "secret_access_key":"secret:store","endpoint_url":"http://127.0.0.1:%1$d",%2$s},
            "r2":{"type":"r2_mount","bucket":"files","account_id":"acc","access_key_id":"k",
              "secret_access_key":"secret:store","custom_domain":"http://127.0.0.1:%1$d",%2$s}}}
          """
              .formatted(moto.port(), strategy),
          "127.0.0.1:" + moto.port(),
          StorageLimits.DEFAULT);
      assertThat(files()).containsExactly("gcs/x", "r2/x");
    }
  }

  @Test
  void manyFilesAreCopiedAndTooManyAreNot() throws IOException, InterruptedException {
    assumeTrue(TestingMoto.missing().isEmpty(), TestingMoto.missing().orElse(""));
    try (TestingMoto moto = new TestingMoto()) {
      moto.bucket("files");
      for (int i = 0; i < 60; i++) {
        moto.put("files", "f" + i, new byte[1000]);
      }
      String host = "127.0.0.1:" + moto.port();
      Function<StorageLimits, Runnable> applying =
          limits ->
              () -> {
                try {
                  apply(mount(moto.port(), ""), host, limits);
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              };
      assertThatThrownBy(() -> applying.apply(StorageLimits.DEFAULT.withMaxFiles(59)).run())
          .hasMessageContaining("it has more than 59 files");
      assertThatThrownBy(() -> applying.apply(StorageLimits.DEFAULT.withMaxBytes(59_999)).run())
          .hasMessageContaining("its files have more than 59,999 bytes");
      assertThat(target).isEmptyDirectory();
      applying.apply(new StorageLimits(60_000, 60, StorageLimits.DEFAULT.maxTime())).run();
      assertThat(files()).hasSize(60);
    }
  }

  @Test
  void keysThatAreNoPathsAreRefused() throws IOException {
    for (String key :
        List.of(
            "../x",
            "a/../../x",
            "/abs",
            "a//b",
            "./x",
            "a/./b",
            "a\\b",
            "a&#10;b",
            "&#x202e;x",
            "．．/x",
            "n".repeat(300))) {
      try (TestingBucket bucket = new TestingBucket().with(key, 1)) {
        refused(bucket, ErrorCode.INVALID_REQUEST, "cannot be copied in: it is no path");
      }
    }
  }

  @Test
  void twoKeysNeverMeetOnOnePath() throws IOException {
    try (TestingBucket bucket = new TestingBucket().with("a", 1).with("a/b", 1)) {
      refused(bucket, ErrorCode.INVALID_REQUEST, "it would have to be a file and a folder");
    }
    try (TestingBucket bucket = new TestingBucket().with("a", 1).with("a", 1)) {
      refused(bucket, ErrorCode.INVALID_REQUEST, "it is there twice");
    }
  }

  @Test
  void aServiceThatLiesOfSizesIsFound() throws IOException {
    try (TestingBucket bucket = new TestingBucket().with("a", 1).answering(5_000_000)) {
      refused(bucket, ErrorCode.UNAVAILABLE, "");
    }
    try (TestingBucket bucket = new TestingBucket().with("a", 2L << 30)) {
      refused(bucket, ErrorCode.LIMIT_EXCEEDED, "more than 1,073,741,824 bytes");
    }
  }

  @Test
  void aRedirectLeadsToNobodyElse() throws IOException {
    try (TestingBucket victim = new TestingBucket()) {
      for (String to :
          List.of(
              "http://127.0.0.1.:%d/stolen".formatted(victim.port()),
              "http://localhost:%d/stolen".formatted(victim.port()),
              "http://localhost.:%d/stolen".formatted(victim.port()),
              "http://169.254.169.254/latest/meta-data/")) {
        try (TestingBucket bucket = new TestingBucket().redirecting(to)) {
          refused(bucket, ErrorCode.UNAVAILABLE, "");
          assertThat(bucket.requests()).as("it was asked").isNotEmpty();
        }
      }
      assertThat(victim.requests()).isEmpty();
    }
  }

  @Test
  void rcloneAloneWouldFollowTheRedirect() throws IOException, InterruptedException {
    try (TestingBucket victim = new TestingBucket();
        TestingBucket bucket =
            new TestingBucket()
                .redirecting("http://127.0.0.1:%d/stolen".formatted(victim.port()))) {
      ProcessBuilder builder =
          new ProcessBuilder(
                  program().orElseThrow().toString(),
                  "--config=",
                  "--retries=1",
                  "--low-level-retries=1",
                  "lsf",
                  "S:files")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder
          .environment()
          .putAll(
              Map.of(
                  "AWS_CA_BUNDLE", "",
                  "RCLONE_CONFIG_S_TYPE", "s3",
                  "RCLONE_CONFIG_S_PROVIDER", "Other",
                  "RCLONE_CONFIG_S_ENDPOINT", "http://127.0.0.1:" + bucket.port()));
      builder.start().waitFor();
      assertThat(victim.requests()).contains("GET /stolen");
    }
  }

  @Test
  void aHundredThousandKeysAreCounted() throws IOException {
    try (TestingBucket bucket = new TestingBucket()) {
      for (int i = 0; i <= StorageLimits.DEFAULT.maxFiles(); i++) {
        bucket.with("k" + i, 1);
      }
      refused(bucket, ErrorCode.LIMIT_EXCEEDED, "it has more than 100,000 files");
    }
  }

  @Test
  void aPrivateEndpointNeedsTheOperator() throws IOException {
    try (TestingBucket bucket = new TestingBucket().with("a", 1)) {
      assertThatThrownBy(() -> apply(mount(bucket.port(), ""), "", StorageLimits.DEFAULT))
          .hasMessageContaining("leads to a loopback address")
          .hasMessageContaining("PADDOCK_PRIVATE_HOSTS");
      assertThat(bucket.requests()).isEmpty();
    }
  }

  @Test
  void aSecretIsForItsHostsOnly() throws IOException {
    try (TestingBucket bucket = new TestingBucket().with("a", 1)) {
      String elsewhere = mount(bucket.port(), "").replace("http://127.0.0.1", "http://localhost");
      String host = "localhost:" + bucket.port();
      assertThatThrownBy(() -> apply(elsewhere, host, StorageLimits.DEFAULT))
          .hasMessageStartingWith(
              "entries.\"in/data\".secret_access_key: there is no secret \"store\" that may be sent");
      assertThat(bucket.requests()).isEmpty();
    }
  }

  @Test
  void aSecretInTheManifestIsRefused() {
    String plain = mount(1, "").replace("secret:store", "plain");
    assertThatThrownBy(() -> apply(plain, "", StorageLimits.DEFAULT))
        .hasMessageStartingWith("entries.\"in/data\".secret_access_key: a secret has no place")
        .hasMessageNotContaining("plain");
  }

  @Test
  void withoutRcloneTheFixIsSaid() {
    RcloneStorage storage =
        new RcloneStorage(
            new RcloneStorage.Supply(
                Optional.empty(),
                boxes,
                EgressService.start(
                    root.resolve("f"), new AddressGuard(PrivateHosts.NONE, Set::of))),
            (name, hosts) -> Optional.of(SECRET),
            StorageLimits.DEFAULT,
            progress::add);
    PlacedEntry placed = ManifestReader.read(mount(1, "")).placed().getFirst();
    assertThatThrownBy(
            () -> storage.copy(placed, (Entry.Mount) placed.entry(), root.resolve("files")))
        .hasMessageEndingWith("Fix: apt-get install rclone");
  }
}
