package dev.paddock.cli;

import dev.paddock.store.SqliteStore;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = "Unpacks a backup into this home, which must be empty or unused.")
final class RestoreCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(paramLabel = "FILE", description = "What backup wrote.")
  private Path file = Path.of("");

  @Option(names = "--replace", description = "Replaces the store of a home that nobody has open.")
  private boolean replace;

  RestoreCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    SqliteStore.restore(file.toAbsolutePath(), context.home().root(), replace);
    System.out.println(context.home().root());
    return Exit.OK;
  }
}
