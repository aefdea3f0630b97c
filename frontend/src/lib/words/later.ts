// Imported by every part that is not in the first view, before it says anything.
import later from './en.later.json';
import { learn } from './t';

learn(later);
