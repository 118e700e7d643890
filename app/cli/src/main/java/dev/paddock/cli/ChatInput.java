package dev.paddock.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** What a person types in a chat. */
interface ChatInput extends AutoCloseable {
  /** The next line; empty at the end of the input. */
  Optional<String> line() throws IOException;

  @Override
  void close() throws IOException;

  /** With editing and a history where a person types, else plain. */
  static ChatInput of(Screen screen, Path history) throws IOException {
    return screen.terminal() && Posix.isTerminal(0)
        ? LineEditor.open(history)
        : plain(screen.terminal() ? "> " : "");
  }

  private static ChatInput plain(String prompt) {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    return new ChatInput() {
      @Override
      public Optional<String> line() throws IOException {
        System.err.print(prompt);
        return Optional.ofNullable(in.readLine());
      }

      @Override
      public void close() {}
    };
  }
}
