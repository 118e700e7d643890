package dev.paddock.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The developers' loop. The launcher carries it out, so here it is only described. */
@SuppressWarnings("UnusedVariable") // options are here for help and completion
abstract sealed class DeveloperCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "\"" + spec.name() + "\" needs a checkout; call its ./paddock");
  }

  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = "Runs every test; the last line counts them.")
  static final class Test extends DeveloperCommand {
    @Option(names = "--fast", description = "Without the slow ones.")
    private boolean fast;

    @Option(names = "--soak", description = "With the full counts that the docs name.")
    private boolean soak;
  }

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = "Format, compiler checks, architecture rules, documents.")
  static final class Check extends DeveloperCommand {}

  @Command(name = "fmt", mixinStandardHelpOptions = true, description = "Formats the sources.")
  static final class Fmt extends DeveloperCommand {}

  @Command(
      name = "protocols",
      mixinStandardHelpOptions = true,
      description = "Runs the official SDKs against the server and writes docs/protocols.md.")
  static final class Protocols extends DeveloperCommand {}

  @Command(
      name = "peers",
      mixinStandardHelpOptions = true,
      description = "Runs the test suites of other sandboxes and writes docs/sandbox-peers.md.")
  static final class Peers extends DeveloperCommand {
    @Parameters(paramLabel = "FOLDER", description = "Where their sources lie.")
    private String folder = "";
  }

  @Command(
      name = "bench",
      mixinStandardHelpOptions = true,
      description = "Runs a benchmark beside its peer; without a name lists them.")
  static final class Bench extends DeveloperCommand {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The benchmark.")
    private String name = "";
  }
}
