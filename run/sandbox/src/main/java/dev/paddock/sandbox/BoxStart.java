package dev.paddock.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a box runs, and what it is connected to.
 *
 * @param input whether the command's input is to be written by us; else it is empty
 * @param terminal its input and output, with the errors left apart
 */
record BoxStart(List<String> command, boolean input, Optional<Terminal> terminal, Network network) {
  BoxStart {
    command = List.copyOf(command);
  }

  /** Which network a box has. */
  sealed interface Network {
    /** bubblewrap's arguments where they are not those of every box. */
    Optional<Path> arguments();
  }

  /** One that ends with it. */
  record Own() implements Network {
    @Override
    public Optional<Path> arguments() {
      return Optional.empty();
    }
  }

  /**
   * That of the sandbox.
   *
   * @param namespaces the host's folder with those of its holder
   */
  record Shared(Path view, Path nsenter, Path namespaces) implements Network {
    @Override
    public Optional<Path> arguments() {
      return Optional.of(view);
    }

    /** What stands before a command to run it there. */
    String enter() {
      return "exec %1$s --preserve-credentials --user=%2$s/user --net=%2$s/net "
          .formatted(nsenter, namespaces);
    }
  }

  /**
   * That of the sandbox, for a program that is none of the box's and is connected by the files 8
   * and 9: bubblewrap keeps the first three open, so that their ends would not be seen.
   */
  record Beside(Shared shared, Path view) implements Network {
    @Override
    public Optional<Path> arguments() {
      return Optional.of(view);
    }
  }

  /** One that others share. */
  record Holder(Path view) implements Network {
    @Override
    public Optional<Path> arguments() {
      return Optional.of(view);
    }
  }
}
