import sharp from 'sharp'; import { writeFileSync } from 'node:fs';
const W=5000,H=4990;
const base=(c:any=3)=>sharp({create:{width:W,height:H,channels:c,background:{r:90,g:120,b:200,alpha:0.5},noise:c===3?{type:'gaussian',mean:128,sigma:20}:undefined}} as any);
const out:[string,()=>any][]=[
['a25-420.avif',()=>base().avif({effort:0})],
['a25-444.avif',()=>base().avif({effort:0,chromaSubsampling:'4:4:4'})],
['a25-444-12.avif',()=>base().toColourspace('rgb16').avif({effort:0,chromaSubsampling:'4:4:4',bitdepth:12})],
['a25-alpha-12.avif',()=>base(4).toColourspace('rgb16').avif({effort:0,chromaSubsampling:'4:4:4',bitdepth:12})],
['a25-alpha.avif',()=>base(4).avif({effort:0,chromaSubsampling:'4:4:4'})],
['a25.gif',()=>base().gif({effort:1})],
['a25lossless.webp',()=>base().webp({effort:0,lossless:true})],
['a25lossy.webp',()=>base().webp({effort:0})],
];
for(const [n,f] of out){ try{ writeFileSync('/tmp/mp/'+n, await f().toBuffer()); }catch(e:any){console.log(n,'ERR',e.message)} }
