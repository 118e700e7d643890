package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles JSON Schema (2020-12 and draft 7) to masks over the tokens of one vocabulary. What
 * cannot be enforced is an error that names the keyword and its place.
 */
public final class SchemaCompiler implements ConstraintCompiler {
  private static final int MAX_KEPT = 32;

  /** The few longer tokens are kept apart, as they tell more states of a bounded text apart. */
  private static final int SHORT = 12;

  private record Key(JsonNode schema, Map<String, String> sources) {}

  private final TokenVocabulary vocabulary;
  private final TokenTrie trie;
  private final List<MaskTable> tables;
  private final Map<Key, Value> kept =
      new LinkedHashMap<>(MAX_KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Value> eldest) {
          return size() > MAX_KEPT;
        }
      };

  public SchemaCompiler(TokenVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.trie = new TokenTrie(vocabulary);
    this.tables =
        List.of(
            new MaskTable(new TokenTrie(vocabulary, 1, SHORT), vocabulary.maskWords()),
            new MaskTable(
                new TokenTrie(vocabulary, SHORT + 1, Integer.MAX_VALUE), vocabulary.maskWords()));
  }

  @Override
  public TokenMask compile(ObjectNode schema, Map<String, String> sources) {
    boolean copies = !schema.findValues("x-paddock-source").isEmpty();
    Key key = new Key(schema.deepCopy(), copies ? Map.copyOf(sources) : Map.of());
    Value root;
    synchronized (kept) {
      root = kept.get(key);
    }
    if (root == null) {
      root = GrammarBuilder.build(new Schema(key.schema, ""), sources);
      synchronized (kept) {
        kept.put(key, root);
      }
    }
    return new SchemaMask(vocabulary, trie, tables, root);
  }
}
