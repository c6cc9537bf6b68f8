import { tell } from './runner.ts'
import { eachStory } from './stories.ts'
import { doubled } from './variants.ts'

eachStory('every delivery doubled', (story) => tell(story, doubled))
