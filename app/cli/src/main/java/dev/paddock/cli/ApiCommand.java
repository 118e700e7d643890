package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.node.NodeException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that asks the native API. */
abstract class ApiCommand implements Callable<Integer> {
  private final Context context;

  @Option(names = "--json", description = "JSON, one object a line.")
  boolean json;

  ApiCommand(Context context) {
    this.context = context;
  }

  abstract void call(Api api) throws InterruptedException;

  @Override
  public Integer call() throws InterruptedException {
    try (Api api = context.api()) {
      call(api);
    }
    return Exit.OK;
  }

  /** Prints a JSON object, or its one line for people. */
  void print(JsonNode answer, String line) {
    System.out.println(json ? Json.write(answer) : Screen.printable(line));
  }

  /** Lists what one path has. */
  abstract static class Listing extends ApiCommand {
    @Mixin private ListLimit limit = new ListLimit();

    @Option(names = "--archived", description = "With what is archived.")
    private boolean archived;

    private final String path;

    Listing(Context context, String path) {
      super(context);
      this.path = path;
    }

    /** Columns by their headings, in order. */
    abstract List<Map.Entry<String, Function<JsonNode, String>>> columns();

    abstract String none();

    @Override
    void call(Api api) throws InterruptedException {
      List<Map.Entry<String, Function<JsonNode, String>>> columns = columns();
      Table table = new Table(columns.stream().map(Map.Entry::getKey).toArray(String[]::new));
      Map<String, String> query = archived ? Map.of("include_archived", "true") : Map.of();
      api.list(
          path,
          query,
          limit.most(),
          item -> {
            if (json) {
              System.out.println(Json.write(item));
            } else {
              table.row(
                  columns.stream()
                      .map(column -> column.getValue().apply(item))
                      .toArray(String[]::new));
            }
          });
      if (!json) {
        table.print(none());
      }
    }
  }

  /** Asks about one thing by its id. */
  abstract static class OfOne extends ApiCommand {
    @Parameters(paramLabel = "ID", description = "Its id.")
    private String id = "";

    private final String path;

    OfOne(Context context, String path) {
      super(context);
      this.path = path;
    }

    /** Where it lies in the API. */
    String path() {
      if (!id.matches("[A-Za-z0-9_-]{1,128}")) {
        throw new NodeException(
            ErrorCode.INVALID_REQUEST,
            "\"%s\" is no id; see the list command".formatted(Screen.fit(id, 64)));
      }
      return path + "/" + id;
    }
  }

  /** Shows one thing. */
  abstract static class Showing extends OfOne {
    Showing(Context context, String path) {
      super(context, path);
    }

    @Override
    void call(Api api) throws InterruptedException {
      JsonNode answer = api.get(path());
      if (json) {
        System.out.println(Json.write(answer));
      } else {
        Fields.print(answer);
      }
    }
  }

  /** Archives one thing. */
  abstract static class Archiving extends OfOne {
    Archiving(Context context, String path) {
      super(context, path);
    }

    @Override
    void call(Api api) throws InterruptedException {
      JsonNode answer = api.post(path() + "/archive", Json.object());
      print(answer, "archived " + answer.path("id").asText());
    }
  }
}
