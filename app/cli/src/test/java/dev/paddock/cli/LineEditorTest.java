package dev.paddock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineEditorTest {
  private static final String LEFT = "\u0002";
  private static final String UP = "\u0010";

  @TempDir private Path folder;
  private Path history = Path.of("");

  @BeforeEach
  void place() {
    history = folder.resolve("cache/history/chat");
  }

  private LineEditor typing(String keys) throws IOException {
    Terminal terminal =
        new ExternalTerminal(
            "test",
            "xterm",
            new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8)),
            new ByteArrayOutputStream(),
            StandardCharsets.UTF_8);
    return new LineEditor(terminal, history);
  }

  @Test
  void aLineCanBeEdited() throws IOException {
    try (LineEditor editor = typing("helo" + LEFT + "l\r!! stays\r")) {
      assertThat(editor.line()).contains("hello");
      assertThat(editor.line()).contains("!! stays");
      assertThat(editor.line()).isEmpty();
    }
  }

  @Test
  void linesComeBackInTheNextChat() throws IOException {
    try (LineEditor editor = typing("the first\rthe second\r")) {
      editor.line();
      editor.line();
    }
    try (LineEditor editor = typing(UP + UP + "\r")) {
      assertThat(editor.line()).contains("the first");
    }
  }

  @Test
  void theHistoryIsPrivate() throws IOException {
    try (LineEditor editor = typing("a secret\r")) {
      editor.line();
    }
    assertThat(Files.readString(history)).contains("a secret");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("cache/history"))))
        .isEqualTo("rwx------");
  }
}
