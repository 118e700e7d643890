package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a model of the cache folder. */
final class LocalModelFilesTest extends PullTest {
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
}
