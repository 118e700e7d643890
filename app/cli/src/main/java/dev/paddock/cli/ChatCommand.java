package dev.paddock.cli;

import dev.paddock.node.Node;
import dev.paddock.provider.ModelRef;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.provider.spi.Sampling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    description = "A conversation with a model, without tools; an empty line or Ctrl-D ends it.")
final class ChatCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(
      arity = "0..1",
      paramLabel = "REF",
      description = "Without one: PADDOCK_MODEL, else the embedded model.")
  private @Nullable String ref;

  @Option(names = "--system", paramLabel = "TEXT", description = "Instructions.")
  private @Nullable String system;

  @Option(names = "--temperature", paramLabel = "X", description = "0 is greedy.")
  private @Nullable Double temperature;

  @Option(names = "--seed", paramLabel = "N", description = "Makes sampling repeatable.")
  private @Nullable Long seed;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "512",
      description = "Of one answer (${DEFAULT-VALUE}).")
  private int maxTokens;

  ChatCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Screen screen = context.screen();
    try (Node node = context.open()) {
      String chosen =
          Optional.ofNullable(ref).or(node::defaultModel).orElse(ModelRef.EMBEDDED.toString());
      Model model;
      try (PullView view = new PullView(screen, false)) {
        node.localModels().report(view);
        model = node.models().open(chosen);
      }
      List<Message> messages = new ArrayList<>();
      try (ChatInput in = ChatInput.of(screen, context.home().chatHistory())) {
        while (true) {
          Optional<String> line = in.line();
          if (line.isEmpty() || line.get().isBlank()) {
            return Exit.OK;
          }
          messages.add(Message.User.of(line.get()));
          messages.add(Message.Assistant.of(answer(model, messages)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String answer(Model model, List<Message> messages) throws InterruptedException {
    Sampling sampling =
        new Sampling(
            Optional.ofNullable(temperature),
            Optional.empty(),
            Optional.empty(),
            Optional.ofNullable(seed),
            Optional.of(maxTokens),
            List.of());
    ModelRequest request = ModelRequest.of(List.copyOf(messages)).withSampling(sampling);
    if (system != null) {
      request = request.withSystem(system);
    }
    StringBuilder text = new StringBuilder();
    try (ModelStream stream = model.stream(request)) {
      for (Optional<ModelEvent> event = stream.next(); event.isPresent(); event = stream.next()) {
        if (event.get() instanceof ModelEvent.TextDelta delta) {
          text.append(delta.text());
          System.out.print(Screen.printable(delta.text()));
          System.out.flush();
        }
      }
    }
    System.out.println();
    return text.toString();
  }
}
