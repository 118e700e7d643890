package dev.paddock.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a llama model, repacked.
 *
 * @param embedding as stored; rows are read one by one
 * @param head the output projection, which may be the embedding itself
 */
@SuppressWarnings("ArrayRecordComponent")
record LlamaWeights(
    Tensor embedding, List<Layer> layers, float[] norm, Matrix head, long parameters) {

  /** One decoder layer. */
  record Layer(
      float[] attentionNorm,
      Matrix query,
      Matrix key,
      Matrix value,
      Matrix output,
      float[] feedForwardNorm,
      Matrix gate,
      Matrix up,
      Matrix down) {}

  static LlamaWeights of(LlamaSettings s, GgufFile file, Workers workers) {
    Names names =
        new Names(
            "token_embd.weight",
            "output_norm.weight",
            "output.weight",
            layer -> part -> "blk." + layer + "." + part + ".weight",
            List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"),
            List.of("attn_norm", "ffn_norm"));
    boolean tied = !file.tensors().containsKey("output.weight");
    return load(s, names, file::tensor, tied, RowOrder.halvesFromPairs(s.headSize()), workers);
  }

  static LlamaWeights of(LlamaSettings s, SafetensorsFile file, boolean tied, Workers workers) {
    Names names =
        new Names(
            "model.embed_tokens.weight",
            "model.norm.weight",
            "lm_head.weight",
            layer -> part -> "model.layers." + layer + "." + part + ".weight",
            List.of(
                "self_attn.q_proj",
                "self_attn.k_proj",
                "self_attn.v_proj",
                "self_attn.o_proj",
                "mlp.gate_proj",
                "mlp.up_proj",
                "mlp.down_proj"),
            List.of("input_layernorm", "post_attention_layernorm"));
    return load(s, names, file::tensor, tied, RowOrder.AS_STORED, workers);
  }

  /** What the tensors are called: {@code layer} gives a layer's, by projection. */
  private record Names(
      String embedding,
      String norm,
      String head,
      Function<Integer, UnaryOperator<String>> layer,
      List<String> projections,
      List<String> norms) {}

  private static LlamaWeights load(
      LlamaSettings s,
      Names names,
      Function<String, Tensor> tensors,
      boolean tied,
      RowOrder rotated,
      Workers workers) {
    Tensor embedding = tensors.apply(names.embedding).require(s.vocabulary(), s.hidden());
    Tensor head = tied ? embedding : tensors.apply(names.head).require(s.vocabulary(), s.hidden());
    int queries = s.heads() * s.headSize();
    int keys = s.keyValueHeads() * s.headSize();
    int[][] shapes = {
      {queries, s.hidden()},
      {keys, s.hidden()},
      {keys, s.hidden()},
      {s.hidden(), queries},
      {s.feedForward(), s.hidden()},
      {s.feedForward(), s.hidden()},
      {s.hidden(), s.feedForward()}
    };
    int each = shapes.length;
    List<Tensor> stored = new ArrayList<>();
    List<float[]> norms = new ArrayList<>();
    long parameters = embedding.elements() + (tied ? 0 : head.elements());
    for (int layer = 0; layer < s.layers(); layer++) {
      UnaryOperator<String> name = names.layer.apply(layer);
      for (int i = 0; i < each; i++) {
        Tensor tensor =
            tensors.apply(name.apply(names.projections.get(i))).require(shapes[i][0], shapes[i][1]);
        parameters += tensor.elements();
        stored.add(tensor);
      }
      for (String norm : names.norms) {
        norms.add(tensors.apply(name.apply(norm)).require(s.hidden()).floats());
      }
    }
    stored.addFirst(head);
    @Nullable Matrix[] packed = new Matrix[stored.size()];
    workers.run(
        packed.length,
        (i, worker) -> {
          int projection = (i + each - 1) % each;
          boolean turned = i > 0 && projection < 2;
          packed[i] = stored.get(i).pack(turned ? rotated : RowOrder.AS_STORED);
        });
    List<Layer> layers = new ArrayList<>();
    for (int layer = 0; layer < s.layers(); layer++) {
      int at = 1 + each * layer;
      layers.add(
          new Layer(
              norms.get(2 * layer),
              present(packed[at]),
              present(packed[at + 1]),
              present(packed[at + 2]),
              present(packed[at + 3]),
              norms.get(2 * layer + 1),
              present(packed[at + 4]),
              present(packed[at + 5]),
              present(packed[at + 6])));
    }
    float[] norm = tensors.apply(names.norm).require(s.hidden()).floats();
    return new LlamaWeights(embedding, layers, norm, present(packed[0]), parameters);
  }

  private static Matrix present(@Nullable Matrix matrix) {
    return java.util.Objects.requireNonNull(matrix, "packed");
  }
}
