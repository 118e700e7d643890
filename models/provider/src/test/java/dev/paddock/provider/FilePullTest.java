package dev.paddock.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a file of this machine is taken. */
final class FilePullTest extends PullTest {
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
}
