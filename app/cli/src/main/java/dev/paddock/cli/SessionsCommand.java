package dev.paddock.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.SessionFilter;
import dev.paddock.core.spi.SessionRecord;
import dev.paddock.core.spi.Subscription;
import dev.paddock.node.EventLine;
import dev.paddock.node.Node;
import dev.paddock.node.NodeException;
import dev.paddock.store.PruneRule;
import dev.paddock.store.Pruned;
import dev.paddock.store.Verification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "sessions",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Sessions of this home: their logs, files and proofs.",
    subcommands = {
      SessionsCommand.ListSessions.class,
      SessionsCommand.Show.class,
      SessionsCommand.Tail.class,
      SessionsCommand.Send.class,
      SessionsCommand.Stop.class,
      SessionsCommand.Files.class,
      SessionsCommand.Verify.class,
      SessionsCommand.Delete.class,
      SessionsCommand.Prune.class
    })
final class SessionsCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** A command on one session. */
  abstract static class OnSession implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "ID", description = "The session's id.")
    private String id = "";

    OnSession(Context context) {
      this.context = context;
    }

    abstract int call(Node node, SessionRecord session) throws InterruptedException;

    @Override
    public Integer call() throws InterruptedException {
      SessionId session = new SessionId(id);
      try (Node node = context.open()) {
        SessionRecord record =
            node.store()
                .sessions()
                .find(session)
                .orElseThrow(
                    () ->
                        new NodeException(
                            ErrorCode.NOT_FOUND,
                            "there is no session %s in %s; see: paddock sessions list"
                                .formatted(session, node.home().root())));
        return call(node, record);
      }
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists sessions, newest first.")
  static final class ListSessions implements Callable<Integer> {
    private final Context context;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "50",
        description = "At most N (${DEFAULT-VALUE}).")
    private int limit;

    ListSessions(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Node node = context.open()) {
        Table table = new Table("ID", "STARTED", "STATUS", "AGENT", "EVENTS");
        for (SessionRecord session : node.store().sessions().list(SessionFilter.newest(limit))) {
          SessionState state = SessionState.of(node.store().sessions().readAll(session.id()));
          String agent = session.document().path("agent").path("name").asText("");
          String status = status(state);
          if (json) {
            ObjectNode line = Json.object().put("id", session.id().value()).put("status", status);
            line.put("agent", agent).put("created_at", session.createdAt().toString());
            line.put("updated_at", session.updatedAt().toString());
            System.out.println(Json.write(line.put("events", session.lastSequence())));
          } else {
            String started = session.createdAt().toString().substring(0, 19).replace('T', ' ');
            table.row(
                session.id().value(),
                started,
                status,
                agent,
                Amounts.count(session.lastSequence()));
          }
        }
        if (!json) {
          System.out.print(table.isEmpty() ? "" : table);
          if (table.isEmpty()) {
            System.err.println("no sessions yet; paddock run starts one");
          }
        }
      }
      return Exit.OK;
    }

    private static String status(SessionState state) {
      String reason =
          state
              .stopReason()
              .filter(ignored -> state.status() == SessionStatus.IDLE)
              .map(stop -> ", " + Json.tree(stop).path("type").asText())
              .orElse("");
      return state.status().name().toLowerCase(Locale.ROOT) + reason;
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a session's log.")
  static final class Show extends OnSession {
    private final Context context;

    @Option(names = "--json", description = "One event a line.")
    private boolean json;

    Show(Context context) {
      super(context);
      this.context = context;
    }

    @Override
    int call(Node node, SessionRecord session) {
      try (LiveView view = new LiveView(context.output())) {
        for (LogEntry entry : node.store().sessions().readAll(session.id())) {
          if (json) {
            System.out.println(Json.write(EventLine.of(entry)));
          } else {
            view.entry(entry);
          }
        }
      }
      return Exit.OK;
    }
  }

  @Command(
      name = "tail",
      mixinStandardHelpOptions = true,
      description = "Prints events as they are appended, until the session is idle or terminated.")
  static final class Tail extends OnSession {
    @Option(names = "--json", description = "One event a line.")
    private boolean json;

    @Option(
        names = "--after",
        paramLabel = "N",
        defaultValue = "0",
        description = "Events after sequence N.")
    private long after;

    private final Context context;

    Tail(Context context) {
      super(context);
      this.context = context;
    }

    @Override
    int call(Node node, SessionRecord session) throws InterruptedException {
      SessionState state = SessionState.EMPTY;
      try (Subscription log = node.store().sessions().subscribe(session.id(), 0);
          LiveView view = new LiveView(context.output())) {
        while (true) {
          for (LogEntry entry : log.next(100, Duration.ofSeconds(1))) {
            state = state.apply(entry);
            if (entry.sequence() <= after) {
              continue;
            }
            if (json) {
              System.out.println(Json.write(EventLine.of(entry)));
            } else {
              view.entry(entry);
            }
          }
          boolean whole =
              state.sequence()
                  >= node.store()
                      .sessions()
                      .find(session.id())
                      .map(SessionRecord::lastSequence)
                      .orElse(0L);
          if (whole && !state.runnable()) {
            return Exit.OK;
          }
        }
      }
    }
  }

  @Command(
      name = "send",
      mixinStandardHelpOptions = true,
      description = "Appends a message; paddock run --resume ID lets the agent answer.")
  static final class Send extends OnSession {
    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = "The message.")
    private List<String> text = List.of();

    Send(Context context) {
      super(context);
    }

    @Override
    int call(Node node, SessionRecord session) {
      SessionEvent message =
          new SessionEvent.UserMessage(
              EventId.next(), List.of(ContentBlock.text(String.join(" ", text))));
      node.store()
          .sessions()
          .append(session.id(), Append.acknowledged(NewEvent.from(Principal.localUser(), message)));
      System.out.println(message.id());
      return Exit.OK;
    }
  }

  @Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description = "Interrupts a session: its model request and its running command end.")
  static final class Stop extends OnSession {
    Stop(Context context) {
      super(context);
    }

    @Override
    int call(Node node, SessionRecord session) {
      node.tasks().interrupt(session.id());
      return Exit.OK;
    }
  }

  @Command(
      name = "files",
      mixinStandardHelpOptions = true,
      description = "Lists the files that the agent added or changed, or writes them to --out.")
  static final class Files extends OnSession {
    @Option(names = "--out", paramLabel = "DIR", description = "Writes them to this folder.")
    private @Nullable Path out;

    @Option(names = "--json", description = "One file a line.")
    private boolean json;

    Files(Context context) {
      super(context);
    }

    @Override
    int call(Node node, SessionRecord session) {
      new DeliveryView(json)
          .print(node.tasks().deliver(session.id(), Optional.ofNullable(out)), session.id());
      return Exit.OK;
    }
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Proves a log whole: names the first broken link and every redaction.")
  static final class Verify extends OnSession {
    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    Verify(Context context) {
      super(context);
    }

    @Override
    int call(Node node, SessionRecord session) {
      Verification found = node.store().verify(session.id());
      if (json) {
        System.out.println(Json.write(found));
      } else {
        for (Verification.Redaction redaction : found.redactions()) {
          System.out.printf(
              "%d %s redacted: %s%n",
              redaction.sequence(), redaction.event(), Screen.printable(redaction.reason()));
        }
        System.out.println(
            found
                .broken()
                .map(link -> "broken at %d: %s".formatted(link.sequence(), link.reason()))
                .orElse("whole: %d events".formatted(found.entries())));
      }
      return found.intact() ? Exit.OK : Exit.FAILED;
    }
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = "Deletes a session, its log and its files.")
  static final class Delete extends OnSession {
    Delete(Context context) {
      super(context);
    }

    @Override
    int call(Node node, SessionRecord session) {
      node.tasks().delete(session.id());
      return Exit.OK;
    }
  }

  @Command(
      name = "prune",
      mixinStandardHelpOptions = true,
      description =
          "Deletes old sessions and files that nothing refers to. Sessions that run are spared.")
  static final class Prune implements Callable<Integer> {
    private final Context context;

    @Option(
        names = "--older-than",
        paramLabel = "DAYS",
        description = "Sessions without an event for so many days.")
    private @Nullable Integer olderThan;

    @Option(names = "--keep", paramLabel = "N", description = "All but the N newest.")
    private @Nullable Integer keep;

    Prune(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Node node = context.open()) {
        PruneRule rule =
            new PruneRule(
                Optional.ofNullable(olderThan).map(Duration::ofDays),
                Optional.ofNullable(keep),
                session -> false);
        Pruned pruned = node.tasks().prune(rule);
        System.out.printf(
            "%d sessions and %d files removed, %s freed%n",
            pruned.sessions(), pruned.blobs(), Amounts.size(pruned.blobBytes()));
      }
      return Exit.OK;
    }
  }
}
