/** ONNX's own checker, for tests. */
import { runPython } from "./python.ts";

/** Types and shapes are inferred strictly, by shapes alone and by values of shapes; what they say of outputs has to be so. */
const checker = `
import onnx, sys
for path in sys.argv[1:]:
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    for data_prop in (False, True):
        inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=data_prop)
        for said, found in zip(model.graph.output, inferred.graph.output):
            if said != found:
                print(path, said.name, "is inferred to be", found.type, "and said to be", said.type)
`;

/** What the checker says against files; it throws where one is not valid, and gives an empty string where all are. */
export const checkOnnx = (paths: readonly string[]): Promise<string> => runPython(["-c", checker, ...paths]);
