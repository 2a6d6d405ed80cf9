import { labUp } from "./lab";

export default (): void => {
    labUp();
};
