package dev.paddock.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.Map;
import java.util.Optional;

/** A model in memory: what it takes to answer. */
record LoadedModel(
    String ref,
    Engine engine,
    Tokenizer tokenizer,
    Conversation conversation,
    Optional<ConstraintCompiler> constraints) {

  static LoadedModel load(
      String ref,
      GgufFile file,
      EngineOptions options,
      Optional<ConstraintCompiler.Factory> constraints) {
    Architecture architecture =
        Architectures.named(file.text("general.architecture").orElse("unknown"));
    Warmup warmup = Warmup.start(file.tensors().values());
    Tokenizer tokenizer = GgufTokenizer.read(file);
    Network network = architecture.load(file, options);
    if (tokenizer.size() > network.vocabularySize()) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "%s: the tokenizer has %d tokens, the model %d"
              .formatted(file.file(), tokenizer.size(), network.vocabularySize()));
    }
    warmup.await();
    ChatTemplate template =
        file.text("tokenizer.chat_template")
            .map(source -> ChatTemplate.of(source, tokenizer))
            .orElse(new ChatMl(""));
    return new LoadedModel(
        ref,
        new Engine(network),
        tokenizer,
        new Conversation(tokenizer, template),
        constraints.map(factory -> factory.create(tokenizer)));
  }

  TokenMask mask(ObjectNode schema, Map<String, String> sources) {
    return constraints
        .orElseThrow(
            () ->
                new ModelException(
                    ErrorCode.PART_MISSING, "this engine was made without structured output"))
        .compile(schema, sources);
  }
}
