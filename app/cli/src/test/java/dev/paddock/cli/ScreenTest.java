package dev.paddock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Screen screen(boolean terminal) {
    return new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, false);
  }

  private String drawn() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aStatusLineIsDrawnOverAndNeverInAPipe() {
    Screen piped = screen(false);
    piped.status("working");
    piped.line("done");
    assertThat(drawn()).isEqualTo("done\n");
    bytes.reset();
    Screen terminal = screen(true);
    terminal.status("working");
    terminal.line("done");
    assertThat(drawn()).isEqualTo("working\r\u001b[Kdone\nworking");
  }

  @Test
  void whatATerminalWouldActOnIsNotSent() {
    assertThat(Screen.printable("a\u001b]0;title\u0007b\u202ec\n"))
        .isEqualTo("a\ufffd]0;title\ufffdb\ufffdc\n");
  }

  @Test
  void longLinesAreCutAtACharacter() {
    assertThat(Screen.fit("😀😀😀😀", 3)).isEqualTo("😀😀…");
    assertThat(Screen.fit("a\nb", 10)).isEqualTo("a b");
  }
}
