package dev.paddock.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a box runs, and what it is connected to.
 *
 * @param input whether the command's input is to be written by us; else it is empty
 * @param terminal the path of a terminal that is input and both outputs
 * @param oneOutput whether the errors are written where the output is
 */
record BoxStart(
    List<String> command,
    boolean input,
    Optional<String> terminal,
    boolean oneOutput,
    Network network) {

  BoxStart {
    command = List.copyOf(command);
  }

  /** A box with an empty input and a network of its own. */
  static BoxStart of(List<String> command) {
    return new BoxStart(command, false, Optional.empty(), false, new Own());
  }

  BoxStart withInput() {
    return new BoxStart(command, true, terminal, oneOutput, network);
  }

  BoxStart withTerminal(String path) {
    return new BoxStart(command, input, Optional.of(path), oneOutput, network);
  }

  BoxStart withOneOutput() {
    return new BoxStart(command, input, terminal, true, network);
  }

  BoxStart in(Network which) {
    return new BoxStart(command, input, terminal, oneOutput, which);
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

  /** One that others share. */
  record Holder(Path view) implements Network {
    @Override
    public Optional<Path> arguments() {
      return Optional.of(view);
    }
  }
}
