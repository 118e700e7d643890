package dev.paddock.cli;

import dev.paddock.node.Node;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description =
        "Writes the log, the resources and the files of this home to one file, also while it is in use.")
final class BackupCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(paramLabel = "FILE", description = "A file that does not exist yet.")
  private Path file = Path.of("");

  BackupCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (Node node = context.open()) {
      node.store().backup(file.toAbsolutePath());
    }
    System.out.println(file);
    return Exit.OK;
  }
}
