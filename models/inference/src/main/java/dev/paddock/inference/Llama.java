package dev.paddock.inference;

/**
 * The llama architecture: pre-norm RMS, grouped-query attention with rotary positions, SwiGLU.
 * Touvron et al. 2023, arXiv 2302.13971; grouped queries as in Llama 2, arXiv 2307.09288.
 */
final class Llama implements Network {
  private static final int BATCH = 252;

  private final LlamaSettings settings;
  private final LlamaWeights weights;
  private final Workers workers;
  private final Gemm gemm;
  private final Rotary rotary;
  private final Attention attention;
  private final BlockPool pool;

  private final Rows residual;
  private final Rows normed;
  private final Rows query;
  private final Rows key;
  private final Rows value;
  private final Rows attended;
  private final Rows gate;
  private final Rows up;
  private final Rows change;

  Llama(LlamaSettings settings, LlamaWeights weights, Workers workers, long cacheBytes) {
    this.settings = settings;
    this.weights = weights;
    this.workers = workers;
    gemm = new Gemm(workers);
    rotary = settings.rotary().create();
    attention =
        new Attention(settings.heads(), settings.keyValueHeads(), settings.headSize(), workers);
    pool = new BlockPool(4 * attention.layerFloats() * settings.layers(), cacheBytes);
    residual = new Rows(BATCH, settings.hidden());
    normed = new Rows(BATCH, settings.hidden());
    query = new Rows(BATCH, settings.heads() * settings.headSize());
    key = new Rows(BATCH, settings.keyValueHeads() * settings.headSize());
    value = new Rows(BATCH, settings.keyValueHeads() * settings.headSize());
    attended = new Rows(BATCH, settings.heads() * settings.headSize());
    gate = new Rows(BATCH, settings.feedForward());
    up = new Rows(BATCH, settings.feedForward());
    change = new Rows(BATCH, settings.hidden());
  }

  @Override
  public Rows forward(Batch batch, LayerObserver observer) {
    int n = batch.size();
    requireRoom(batch, n);
    boolean done = false;
    try {
      batch.parts().forEach(Part::place);
      embed(batch);
      observer.observe(0, residual, n);
      for (int layer = 0; layer < settings.layers(); layer++) {
        LlamaWeights.Layer w = weights.layers().get(layer);
        attend(batch, layer, w, n);
        feedForward(w, n);
        if (layer + 1 < settings.layers()) {
          observer.observe(layer + 1, residual, n);
        }
      }
      norm(residual, weights.norm(), n);
      observer.observe(settings.layers(), normed, n);
      done = true;
      return normed;
    } finally {
      batch.parts().forEach(done ? Part::keep : Part::drop);
    }
  }

  private void requireRoom(Batch batch, int n) {
    if (n < 1 || n > BATCH) {
      throw new IllegalArgumentException("a batch has 1 to %d tokens, not %d".formatted(BATCH, n));
    }
    for (Part part : batch.parts()) {
      for (int i = 0; i < part.size(); i++) {
        if (part.token(i) < 0 || part.token(i) >= settings.vocabulary()) {
          throw new IllegalArgumentException("no such token: " + part.token(i));
        }
        rotary.prepare(part.position(i));
      }
    }
  }

  private void embed(Batch batch) {
    int row = 0;
    for (Part part : batch.parts()) {
      for (int i = 0; i < part.size(); i++) {
        weights.embedding().row(part.token(i), residual.data, residual.at(row++));
      }
    }
  }

  private void attend(Batch batch, int layer, LlamaWeights.Layer w, int n) {
    norm(residual, w.attentionNorm(), n);
    gemm.multiply(
        normed,
        n,
        new Gemm.Product(w.query(), query),
        new Gemm.Product(w.key(), key),
        new Gemm.Product(w.value(), value));
    int row = 0;
    for (Part part : batch.parts()) {
      for (int i = 0; i < part.size(); i++, row++) {
        int position = part.position(i);
        rotary.apply(query.data, query.at(row), settings.heads(), settings.headSize(), position);
        rotary.apply(
            key.data, key.at(row), settings.keyValueHeads(), settings.headSize(), position);
      }
    }
    row = 0;
    for (Part part : batch.parts()) {
      attention.store(part, layer, key, value, row);
      attention.attend(part, layer, query, attended, row);
      row += part.size();
    }
    gemm.multiply(attended, n, new Gemm.Product(w.output(), change));
    addChange(n);
  }

  private void feedForward(LlamaWeights.Layer w, int n) {
    norm(residual, w.feedForwardNorm(), n);
    gemm.multiply(normed, n, new Gemm.Product(w.gate(), gate), new Gemm.Product(w.up(), up));
    eachRow(n, row -> VectorMath.swiglu(gate.data, up.data, gate.at(row), settings.feedForward()));
    gemm.multiply(gate, n, new Gemm.Product(w.down(), change));
    addChange(n);
  }

  private void norm(Rows rows, float[] weight, int n) {
    eachRow(
        n,
        row ->
            VectorMath.rmsNorm(
                rows.data,
                rows.at(row),
                weight,
                settings.epsilon(),
                normed.data,
                normed.at(row),
                settings.hidden()));
  }

  private void addChange(int n) {
    eachRow(
        n,
        row ->
            VectorMath.add(
                residual.data, residual.at(row), change.data, change.at(row), settings.hidden()));
  }

  private static void eachRow(int n, java.util.function.IntConsumer work) {
    for (int row = 0; row < n; row++) {
      work.accept(row);
    }
  }

  @Override
  public void logits(Rows hidden, int row, Rows out) {
    System.arraycopy(hidden.data, hidden.at(row), change.data, 0, settings.hidden());
    gemm.multiply(change, 1, new Gemm.Product(weights.head(), out));
  }

  @Override
  public void logits(Rows hidden, int rows, int firstToken, int tokens, Rows out) {
    gemm.multiply(hidden, rows, new Gemm.Product(weights.head(), firstToken, tokens, out));
  }

  @Override
  public int vocabularySize() {
    return settings.vocabulary();
  }

  @Override
  public int contextLength() {
    return settings.context();
  }

  @Override
  public int batchLimit() {
    return BATCH;
  }

  @Override
  public long parameters() {
    return weights.parameters();
  }

  @Override
  public Sequence newSequence() {
    return new Sequence(pool);
  }

  @Override
  public BlockPool pool() {
    return pool;
  }

  @Override
  public void close() {
    workers.close();
  }
}
