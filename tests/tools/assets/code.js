import { b } from "./other.mjs";
const sheet = '/assets/sheet.css';
console.log(b, sheet, "./not-an-asset");
