package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Usage;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.Origin;
import dev.paddock.provider.spi.TurnTrace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One turn: from a request to its events. */
final class Generation {
  private static final int DEFAULT_MAX_TOKENS = 2048;
  private static final String ARGUMENTS = "/arguments";

  private final LoadedModel model;
  private final ModelRequest request;
  private final LocalStream.Sink sink;
  private final TurnSchema turn;
  private final Map<String, String> sources;
  private final AnswerText answer;
  private final List<Integer> output = new ArrayList<>();
  private final List<Double> logprobs = new ArrayList<>();
  private final List<Integer> allowedCounts = new ArrayList<>();
  private final long[] allowed;
  private final Deque<Integer> closing = new ArrayDeque<>();
  private boolean cut;
  private @Nullable TokenMask mask;

  Generation(LoadedModel model, ModelRequest request, LocalStream.Sink sink) {
    this.model = model;
    this.request = request;
    this.sink = sink;
    turn = TurnSchema.of(request);
    sources = RequestTexts.of(request);
    allowed = new long[model.tokenizer().maskWords()];
    boolean constrained = turn.schema().isPresent();
    answer = new AnswerText(turn, constrained, request.sampling().stop(), sink);
    mask = turn.schema().map(schema -> model.mask(schema, sources)).orElse(null);
  }

  void run() throws InterruptedException {
    Conversation.Prompt prompt = model.conversation().prompt(request);
    int[] tokens = prompt.tokens();
    int room = model.engine().contextLength() - tokens.length;
    if (room < 1) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the prompt has %d tokens; this model reads %d with its answer: shorten it"
              .formatted(tokens.length, model.engine().contextLength()));
    }
    int limit = Math.min(room, request.sampling().maxTokens().orElse(DEFAULT_MAX_TOKENS));
    Sequence sequence = model.engine().begin(tokens, tokens.length - 1);
    try {
      int cached = sequence.length();
      read(sequence, tokens);
      ModelEvent.EndReason reason = write(sequence, tokens, limit);
      model.engine().keep(sequence);
      Usage usage = new Usage(tokens.length - cached, output.size(), cached, 0);
      sink.put(new ModelEvent.End(reason, usage, Optional.empty(), trace(prompt), origins(reason)));
    } finally {
      model.engine().release(sequence);
    }
  }

  /** Evaluates the prompt but for its last batch, which the first token is chosen after. */
  private void read(Sequence sequence, int[] tokens) throws InterruptedException {
    int total = tokens.length;
    int batch = model.engine().batchLimit();
    for (int rest = total - sequence.length(); rest > batch; rest = total - sequence.length()) {
      model.engine().extend(sequence, tokens, sequence.length() + batch);
      sink.put(new ModelEvent.PromptProgress(sequence.length(), total));
    }
  }

  private ModelEvent.EndReason write(Sequence sequence, int[] prompt, int limit)
      throws InterruptedException {
    Sampler sampler =
        Sampler.of(
            request.sampling(), mask != null, System.nanoTime() ^ Ids.next("seed").hashCode());
    int vocabulary = model.engine().vocabularySize();
    Rows logits = new Rows(1, vocabulary);
    int[] pending = Arrays.copyOfRange(prompt, sequence.length(), prompt.length);
    boolean first = true;
    while (output.size() < limit) {
      int[] next = pending;
      model
          .engine()
          .turn(
              n -> {
                Rows hidden = n.forward(Batch.of(Part.chain(sequence, next)), LayerObserver.NONE);
                n.logits(hidden, next.length - 1, logits);
                return logits;
              });
      if (first) {
        sink.put(new ModelEvent.PromptProgress(prompt.length, prompt.length));
        first = false;
      }
      int token = choose(sampler, logits.data, vocabulary, limit);
      if (model.tokenizer().ends(token)) {
        return finish(ended());
      }
      if (accept(token, logits.data, vocabulary)) {
        return finish(answer.stopped() ? ModelEvent.EndReason.STOP_SEQUENCE : ended());
      }
      pending = withForced(token, limit);
      if ((mask != null && mask.mustEnd()) || (cut && closing.isEmpty())) {
        return finish(ended());
      }
    }
    return finish(ModelEvent.EndReason.MAX_TOKENS);
  }

  private ModelEvent.EndReason ended() {
    return cut ? ModelEvent.EndReason.MAX_TOKENS : ModelEvent.EndReason.END_TURN;
  }

  private int choose(Sampler sampler, float[] logits, int vocabulary, int limit) {
    if (mask == null) {
      int token = sampler.choose(logits, vocabulary, null);
      Optional<ObjectNode> calls = turn.calls();
      if (calls.isEmpty() || !answer.beginsCall(model.tokenizer().text(token))) {
        return token;
      }
      mask = model.mask(calls.get(), sources);
      answer.setCall();
    }
    mask.allowed(allowed);
    if (mask.isComplete()) {
      int end = model.tokenizer().endOfTurn();
      allowed[end >> 6] |= 1L << end;
    }
    if (cut) {
      return closing.removeFirst();
    }
    int token = sampler.choose(logits, vocabulary, allowed);
    return model.tokenizer().ends(token) ? token : within(mask, token, limit - output.size());
  }

  /** The token, or the first of the shortest way to an end if it would leave no room for one. */
  private int within(TokenMask constraint, int token, int room) {
    if (answer.isCall() || constraint.closesAfter(token, room - 1)) {
      return token;
    }
    Optional<int[]> way = constraint.closing().filter(tokens -> tokens.length <= room);
    if (way.isEmpty()) {
      return token;
    }
    cut = true;
    Arrays.stream(way.get()).forEach(closing::addLast);
    return closing.isEmpty() ? model.tokenizer().endOfTurn() : closing.removeFirst();
  }

  /** Takes a token into the answer; true if the answer ends with it. */
  private boolean accept(int token, float[] logits, int vocabulary) throws InterruptedException {
    List<ModelEvent.TokenLogprob> described = List.of();
    if (request.trace() || request.logprobs().isPresent()) {
      TopTokens top = new TopTokens(logits, vocabulary);
      logprobs.add(top.logProbability(token));
      if (request.logprobs().isPresent()) {
        int rivals = Math.clamp(request.logprobs().get(), 0, 20);
        described = List.of(top.describe(token, rivals, model.tokenizer()));
      }
    }
    allowedCounts.add(mask == null ? vocabulary : cardinality());
    if (mask != null) {
      mask.accept(token);
    }
    output.add(token);
    if (!model.tokenizer().special(token)) {
      answer.push(model.tokenizer().bytes(token), described);
    }
    return answer.stopped() || (mask != null && mask.mustEnd());
  }

  private int cardinality() {
    int count = 0;
    for (long word : allowed) {
      count += Long.bitCount(word);
    }
    return count;
  }

  /** The token with those that the mask leaves no choice about; none of these are described. */
  private int[] withForced(int token, int limit) throws InterruptedException {
    if (mask == null || request.trace() || request.logprobs().isPresent()) {
      return new int[] {token};
    }
    IntBuffer out = new IntBuffer();
    out.add(token);
    for (int forced : cut ? rest() : mask.forced()) {
      int room = limit - output.size();
      if (room < 1 || out.size() >= model.engine().batchLimit()) {
        break;
      }
      if (cut) {
        closing.removeFirst();
      } else if (!answer.isCall() && !mask.closesAfter(forced, room - 1)) {
        break;
      }
      mask.accept(forced);
      output.add(forced);
      answer.push(model.tokenizer().bytes(forced), List.of());
      out.add(forced);
    }
    return out.toArray();
  }

  private int[] rest() {
    return closing.stream().mapToInt(Integer::intValue).toArray();
  }

  private ModelEvent.EndReason finish(ModelEvent.EndReason reason) throws InterruptedException {
    boolean whole = reason == ModelEvent.EndReason.END_TURN && (mask == null || mask.isComplete());
    return answer.finish(whole) ? ModelEvent.EndReason.TOOL_USE : reason;
  }

  /** Of a whole value; those of a call are told from its input on. */
  private List<Origin> origins(ModelEvent.EndReason reason) {
    if (mask == null || !mask.isComplete()) {
      return List.of();
    }
    if (reason != ModelEvent.EndReason.TOOL_USE) {
      return mask.origins();
    }
    return mask.origins().stream()
        .filter(origin -> origin.pointer().startsWith(ARGUMENTS + "/"))
        .map(
            origin ->
                new Origin(
                    origin.pointer().substring(ARGUMENTS.length()), origin.value(), origin.spans()))
        .toList();
  }

  private Optional<TurnTrace> trace(Conversation.Prompt prompt) {
    return request.trace()
        ? Optional.of(
            new TurnTrace(
                model.ref(),
                Optional.empty(),
                prompt.text(),
                Arrays.stream(prompt.tokens()).boxed().toList(),
                List.copyOf(output),
                List.copyOf(logprobs),
                List.copyOf(allowedCounts)))
        : Optional.empty();
  }
}
